using AspireFed.Contracts;
using Microsoft.Extensions.Configuration;

namespace AspireFed.ServiceDefaults;

/// <summary>Reading a service's section of the configuration.</summary>
public static class ServiceOptions
{
    /// <summary>The section's options; those that it does not name keep their defaults.</summary>
    /// <exception cref="InputException">It names an option that there is not, or a value of another type.</exception>
    public static T Options<T>(this IConfiguration configuration, string section)
        where T : class, new()
    {
        try
        {
            return configuration.GetSection(section).Get<T>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new T();
        }
        catch (InvalidOperationException e)
        {
            throw new InputException($"The settings under {section} cannot be read: {e.Message}", e);
        }
    }
}
