using AspireFed.Contracts;
using Microsoft.Extensions.Configuration;

namespace AspireFed.AppHost.Running;

/// <summary>The dashboard on a loopback port, without a login and without certificates.</summary>
internal static class DashboardSettings
{
    private const string UrlKey = "ASPNETCORE_URLS";

    /// <summary>Arguments for the builder; settings in the environment or on the command line win.</summary>
    /// <exception cref="InputException">The wanted port is taken.</exception>
    public static string[] Arguments(RunOptions options) =>
    [
        $"--{UrlKey}=http://127.0.0.1:{Port(options)}",
        $"--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://127.0.0.1:{FreePorts.Take()}",
        $"--ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL=http://127.0.0.1:{FreePorts.Take()}",
        "--ASPIRE_ALLOW_UNSECURED_TRANSPORT=true",
        "--ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS=true",
        // What these warn about is as meant: no login and no certificate, on loopback.
        "--Logging:LogLevel:Aspire.Hosting.Dashboard.DashboardWebApplication=Error",
        "--Logging:LogLevel:Microsoft.AspNetCore.DataProtection=Error",
        .. options.Rest,
    ];

    public static string? Url(IConfiguration configuration) => configuration[UrlKey]?.Split(';')[0];

    private static int Port(RunOptions options)
    {
        if (options.DashboardPort == 0) return FreePorts.Take();
        if (FreePorts.IsFree(options.DashboardPort)) return options.DashboardPort;
        if (options.DashboardPortIsWanted)
        {
            throw new InputException(
                $"The dashboard's port {options.DashboardPort} is taken: choose another with --dashboard-port, or 0 for any.");
        }
        var other = FreePorts.Take();
        Console.WriteLine($"The dashboard's usual port {options.DashboardPort} is taken, so it is at {other}.");
        return other;
    }
}
