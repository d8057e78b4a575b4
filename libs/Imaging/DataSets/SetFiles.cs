using System.Globalization;
using AspireFed.Contracts;
using nietras.SeparatedValues;

namespace AspireFed.Imaging.DataSets;

/// <summary>The csv files of a data set, read into tables; every fault names the file and the line.</summary>
internal static class SetFiles
{
    /// <summary>Lists of files: the name is what stands before the first comma; there is no header.</summary>
    public static IEnumerable<(string File, int Line)> ReadNames(string path)
    {
        foreach (var (index, line) in File.ReadLines(path).Index())
        {
            var comma = line.IndexOf(',', StringComparison.Ordinal);
            var name = (comma < 0 ? line : line[..comma]).Trim();
            if (name.Length > 0)
                yield return (name, index + 1);
        }
    }

    /// <summary>`file,class number` a line, without a header. Numbers may be written as `1` or, as the reference's are, `1.0`.</summary>
    public static Dictionary<string, int> ReadLabels(string path)
    {
        var labels = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (index, line) in File.ReadLines(path).Index())
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            var parts = line.Split(',', StringSplitOptions.TrimEntries);
            if (parts.Length < 2 || parts[0].Length == 0 || Number(parts[1]) is not { } label)
                throw new InputException(
                    $"{path} line {index + 1}: '{line}' is not 'file,class number' with a whole number from 0.");
            var file = parts[0];
            if (!labels.TryAdd(file, label) && labels[file] != label)
                throw new InputException(
                    $"{path} line {index + 1}: image '{file}' has class {labels[file]} on an earlier line and {label} here; keep one.");
        }

        return labels.Count > 0
            ? labels
            : throw new InputException($"{path} is empty; it needs a line 'file,class number' for every image.");
    }

    /// <summary>`index,label` a line below a header; where there is no such file the classes are named by their numbers.</summary>
    public static string[] ReadClasses(string path, string labelsPath, IReadOnlyDictionary<string, int> labels)
    {
        var highest = labels.MaxBy(l => l.Value);
        if (!File.Exists(path))
            return [.. Enumerable.Range(0, highest.Value + 1).Select(n => n.ToString(CultureInfo.InvariantCulture))];

        var names = new SortedDictionary<int, string>();
        using (var reader = Sep.New(',').Reader(o => o with { Unescape = true }).FromFile(path))
        {
            foreach (var row in reader)
            {
                if (row.ColCount < 2 || Number(row[0].Span) is not { } index || !names.TryAdd(index, row[1].Span.Trim().ToString()))
                    throw new InputException(
                        $"{path} line {row.LineNumberFrom}: '{row.Span}' is not 'index,label' with an index that no earlier line has.");
            }
        }

        if (names.Count == 0 || names.Keys.Last() != names.Count - 1)
            throw new InputException($"{path} must name the classes 0, 1, 2 and so on without a gap, below a header 'index,label'.");
        if (highest.Value >= names.Count)
            throw new InputException(
                $"{labelsPath}: image '{highest.Key}' has class {highest.Value}, but {path} names only 0 to {names.Count - 1}.");
        return [.. names.Values];
    }

    /// <summary>The column `site` of meta.csv by its column `file`; empty where the file or the column is missing.</summary>
    public static Dictionary<string, string> ReadSites(string path)
    {
        var sites = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!File.Exists(path))
            return sites;
        using var reader = Sep.New(',').Reader(o => o with { Unescape = true, CreateToString = SepToString.PoolPerCol() }).FromFile(path);
        if (!reader.Header.TryIndexOf("file", out var file) || !reader.Header.TryIndexOf("site", out var site))
            return sites;
        foreach (var row in reader)
            sites[row[file].ToString().Trim()] = row[site].ToString().Trim();
        return sites;
    }

    /// <summary>Turns what goes wrong while reading files under a path into one sentence about it.</summary>
    public static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DirectoryNotFoundException e)
        {
            throw new InputException($"There is no folder '{path}'.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException)
        {
            throw new InputException($"'{path}' cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static int? Number(ReadOnlySpan<char> text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && number is >= 0 and < 1_000_000 && double.IsInteger(number)
            ? (int)number
            : null;
}
