using System.Globalization;
using AspireFed.Specs.Schema;
using AspireFed.Specs.Text;

namespace AspireFed.Specs.Binding;

/// <summary>Turns a scalar into a value of a key's type, or says in one sentence why it cannot.</summary>
internal static class ScalarValues
{
    public static (object? Value, string Fault) Read(Type type, ScalarNode scalar)
    {
        if (type == typeof(string)) return (scalar.IsNull ? "" : scalar.Text, "");
        if (scalar.IsEmpty || scalar.IsNull)
            return (null, $"It has no value; expected {Expected(type)}, or leave the key out for its default.");
        if (type.IsEnum) return ReadName(type, scalar.Text);
        if (!scalar.Plain) return (null, $"\"{scalar.Text}\" is text; expected {Expected(type)} without quotes.");
        if (type == typeof(bool)) return scalar.Text is "true" or "false" ? (scalar.Text == "true", "") : Wrong(scalar, type);
        return type == typeof(double) ? ReadNumber(scalar) : ReadWhole(type, scalar);
    }

    /// <summary>`a whole number`, `one of mae, beit`.</summary>
    public static string Expected(Type type) =>
        type.IsEnum ? $"one of {Listed(type)}"
        : type == typeof(bool) ? "true or false"
        : type == typeof(string) ? "text"
        : $"a {ValueKinds.Describe(type)}";

    private static (object?, string) ReadName(Type type, string text)
    {
        foreach (var (name, value) in ValueKinds.NamesOf(type))
            if (name == text) return (value, "");
        string? near = NearestName.Find(text, ValueKinds.NamesOf(type).Select(pair => pair.Name));
        return (null, $"`{text}` is not one of {Listed(type)}{(near is null ? "." : $"; did you mean `{near}`?")}");
    }

    private static (object?, string) ReadNumber(ScalarNode scalar) =>
        double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? (number, "") : Wrong(scalar, typeof(double));

    private static (object?, string) ReadWhole(Type type, ScalarNode scalar)
    {
        if (long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
        {
            if (type == typeof(long)) return (whole, "");
            // Clamped: no range of the spec reaches so far, so the range check speaks.
            return ((int)Math.Clamp(whole, int.MinValue, int.MaxValue), "");
        }
        bool tooLong = scalar.Text.TrimStart('-', '+') is { Length: > 0 } digits && digits.All(char.IsAsciiDigit);
        return tooLong ? (null, $"{scalar.Text} has too many digits.") : Wrong(scalar, type);
    }

    private static (object?, string) Wrong(ScalarNode scalar, Type type) => (null, $"`{scalar.Text}` is not {Expected(type)}.");

    private static string Listed(Type type) => string.Join(", ", ValueKinds.NamesOf(type).Select(pair => $"`{pair.Name}`"));
}
