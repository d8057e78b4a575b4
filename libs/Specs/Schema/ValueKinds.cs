using System.Text.Json;

namespace AspireFed.Specs.Schema;

/// <summary>The kinds of values a key may have, in the words of people.</summary>
internal static class ValueKinds
{
    public static string Describe(Type type)
    {
        if (ElementOf(type) is { } element) return $"list of {Describe(element)}s";
        if (type.IsEnum) return string.Join(" | ", NamesOf(type).Select(pair => pair.Name));
        if (SpecSection.Is(type)) return "section";
        return type switch
        {
            _ when type == typeof(string) => "text",
            _ when type == typeof(bool) => "true | false",
            _ when type == typeof(int) || type == typeof(long) => "whole number",
            _ when type == typeof(double) => "number",
            _ => throw new NotSupportedException($"A spec cannot have a value of type {type}."),
        };
    }

    /// <summary>The element type of a list, or null where the type is none.</summary>
    public static Type? ElementOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    /// <summary>An enumeration's values under the names that ContractJson gives them too.</summary>
    public static IEnumerable<(string Name, object Value)> NamesOf(Type type) =>
        Enum.GetValues(type).Cast<object>().Select(value => (NameOf(value), value));

    public static string NameOf(object value) => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString()!);
}
