using System.Text.Json;
using System.Text.Json.Serialization;
using AspireFed.Contracts;

namespace AspireFed.ServiceDefaults;

/// <summary>How messages are written: as contracts are, but in one line and open to members that a newer sender adds.</summary>
public static class MessageJson
{
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        ContractJson.Configure(options);
        options.WriteIndented = false;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip;
        return options;
    }
}
