using System.Security.Cryptography;

namespace AspireFed.AppHost.Infrastructure.Local;

/// <summary>Secrets for one run, of letters and digits, so that no file format has to quote them.</summary>
internal static class Secrets
{
    public static string Make() => RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 32);
}
