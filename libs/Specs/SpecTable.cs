using System.Collections;
using System.Text;
using AspireFed.Contracts.Specs;
using AspireFed.Specs.Binding;
using AspireFed.Specs.Schema;

namespace AspireFed.Specs;

/// <summary>The keys of a spec as a Markdown page, made from the records that read it, so that it cannot be out of date.</summary>
public static class SpecTable
{
    public static string Markdown()
    {
        StringBuilder page = new();
        page.Append("""
            # The keys of an experiment

            A spec is one YAML file; `fed spec` prints this page. Only `name`, `data.set`, `data.partition` and one of the stages
            `tokenizer`, `pretrain` and `finetune` must be there: a stage with nothing below it asks for its defaults. `fed run --set key.path=value`
            lays a value over the file (`--set pretrain=null` takes a stage out). Whatever is wrong is reported at once, with its line.

            """);
        Write(page, "", new ExperimentSpec(), new ExperimentSpec());
        return page.ToString();
    }

    private static void Write(StringBuilder page, string path, object mae, object beit)
    {
        IReadOnlyList<SpecKey> keys = SpecSection.Of(mae.GetType()).Keys;
        bool differ = path is "pretrain" or "finetune";
        page.Append('\n').Append("## ").Append(path.Length == 0 ? "Top level" : $"`{path}`").Append("\n\n");
        page.Append(differ ? "| key | value | default of mae | default of beit | meaning |\n|---|---|---|---|---|\n"
            : "| key | value | default | meaning |\n|---|---|---|---|\n");
        foreach (SpecKey key in keys)
        {
            page.Append("| `").Append(key.Name).Append("` | ").Append(Value(key)).Append(" | ").Append(Default(key, mae)).Append(" | ");
            if (differ) page.Append(Default(key, beit)).Append(" | ");
            page.Append(key.Description).Append(" |\n");
        }
        foreach (SpecKey key in keys.Where(key => key.IsSection))
        {
            string below = path.Length == 0 ? key.Name : $"{path}.{key.Name}";
            Write(page, below, Section(key, mae, ModelFamily.Mae), Section(key, beit, ModelFamily.Beit));
        }
    }

    private static object Section(SpecKey key, object record, ModelFamily family) => key.Property.GetValue(record)
        ?? SpecBinder.Defaults(key.Type, family);

    private static string Value(SpecKey key)
    {
        string type = key.Type.IsEnum ? string.Join(", ", ValueKinds.NamesOf(key.Type).Select(pair => $"`{pair.Name}`"))
            : key.Type == typeof(bool) ? "true, false"
            : key.TypeText;
        return key.Range is null ? type : $"{type}, {key.RangeText}";
    }

    private static string Default(SpecKey key, object record) => key.Property.GetValue(record) switch
    {
        _ when key.IsRequired && !key.IsSection => "required",
        null => "none",
        "" => "empty",
        IList { Count: 0 } => "empty",
        bool flag => flag ? "true" : "false",
        Enum name => $"`{ValueKinds.NameOf(name)}`",
        _ when key.IsSection => key.IsRequired ? "required" : "as below",
        var value => SpecKey.Number(value),
    };
}
