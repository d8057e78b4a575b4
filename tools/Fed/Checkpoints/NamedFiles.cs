using System.Security.Cryptography;
using System.Text.RegularExpressions;
using AspireFed.Contracts;
using AspireFed.Specs;

namespace AspireFed.Fed.Checkpoints;

/// <summary>Finds the files of weights that a spec names: what is no object of the store is a file beside the spec, or in the present folder.</summary>
internal static partial class NamedFiles
{
    /// <param name="file">The spec's own file.</param>
    /// <param name="folder">The present folder.</param>
    /// <param name="missing">Told of a file that is not there; without it that is a fault.</param>
    /// <exception cref="InputException">A file is missing or is none of weights.</exception>
    public static async Task<IReadOnlyList<NamedFile>> OfAsync(
        string file, string yaml, IReadOnlyList<string> sets, string folder, Action<string>? missing, CancellationToken cancel)
    {
        if (SpecReader.Read(yaml, sets).Draft is not { } spec) return [];
        string beside = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(file, folder))!;
        List<NamedFile> files = [];
        foreach (var (key, name) in new[] { ("init", spec.Init), ("pretrain.tokenizer.weights", spec.Pretrain?.Tokenizer.Weights ?? "") })
        {
            if (name.Length == 0 || InStore().IsMatch(name)) continue;
            string? path = new[] { beside, folder }.Select(from => System.IO.Path.GetFullPath(name, from)).FirstOrDefault(File.Exists);
            if (path is null)
            {
                string sentence = $"The spec {file} names {name} in {key}, and there is no such file beside it.";
                if (missing is null) throw new InputException(sentence);
                missing(sentence);
                files.Add(new NamedFile(key, "", new string('0', 64))); // all else in the spec can be checked
                continue;
            }
            using (InputFile.Open(path, folder)) { }
            await using var content = File.OpenRead(path);
            files.Add(new NamedFile(key, path, Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancel))));
        }
        return files;
    }

    [GeneratedRegex(@"^checkpoints/[0-9a-f]{64}\z")]
    private static partial Regex InStore();
}
