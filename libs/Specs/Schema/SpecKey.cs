using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace AspireFed.Specs.Schema;

/// <summary>One key of a section, as the record's property and its attributes describe it.</summary>
internal sealed class SpecKey
{
    public SpecKey(PropertyInfo property)
    {
        Property = property;
        Name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        Type = property.PropertyType;
        IsNullable = new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;
        Description = property.GetCustomAttribute<DescriptionAttribute>()?.Description ?? "";
        Range = property.GetCustomAttribute<RangeAttribute>();
        Pattern = property.GetCustomAttribute<RegularExpressionAttribute>();
        IsRequired = property.GetCustomAttribute<RequiredAttribute>() is not null;
    }

    public PropertyInfo Property { get; }

    public string Name { get; }

    public Type Type { get; }

    public string Description { get; }

    public RangeAttribute? Range { get; }

    public RegularExpressionAttribute? Pattern { get; }

    public bool IsRequired { get; }

    /// <summary>A section that may be left out, and then does not exist.</summary>
    public bool IsNullable { get; }

    public bool IsSection => SpecSection.Is(Type);

    /// <summary>What may be written, in words: `whole number`, `mae | beit`.</summary>
    public string TypeText => ValueKinds.Describe(Type);

    /// <summary>The range in words, or empty.</summary>
    public string RangeText => Range is null ? "" : $"{Number(Range.Minimum)} to {Number(Range.Maximum)}";

    /// <summary>As people write it, 0.00001 and not 1E-05.</summary>
    public static string Number(object value) => value is double number and (0 or > 1e-9 or < -1e-9) and < 1e9 and > -1e9
        ? number.ToString("0.############", CultureInfo.InvariantCulture)
        : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
