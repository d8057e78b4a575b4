using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace AspireFed.Tests.Unit.Architecture;

/// <summary>The repository as it lies on disk: its projects, what they reference, its source files.</summary>
internal static class SourceTree
{
    private static readonly string[] ProductFolders = ["AppHost", "ServiceDefaults", "libs", "services", "tools"];

    public static string Root { get; } = FindRoot();

    /// <summary>Every project's path from the root, with `/`, such as libs/Weights.</summary>
    public static IReadOnlyList<string> Projects { get; } =
        [.. ProductFolders.SelectMany(Folder).Where(path => path.EndsWith(".csproj", StringComparison.Ordinal)).Select(Parent).Order(StringComparer.Ordinal)];

    /// <summary>All C# files of the product, from the root, with `/`.</summary>
    public static IReadOnlyList<string> Sources { get; } =
        [.. ProductFolders.SelectMany(Folder).Where(path => path.EndsWith(".cs", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The projects that a project references.</summary>
    public static IReadOnlyList<string> References(string project) =>
        [.. Items(project, "ProjectReference").Select(path => Normalize(project, path)).Select(Parent)];

    public static IReadOnlyList<string> Packages(string project) => [.. Items(project, "PackageReference")];

    public static IReadOnlyList<string> Imports(string project) =>
        [.. Xml(project).Descendants("Import").Select(import => (string?)import.Attribute("Project")).OfType<string>()];

    /// <summary>A project and all that it references, through others too.</summary>
    public static IReadOnlyCollection<string> Closure(string project)
    {
        HashSet<string> seen = [];
        Stack<string> open = new([project]);
        while (open.TryPop(out var next))
        {
            if (!seen.Add(next)) continue;
            foreach (var reference in References(next)) open.Push(reference);
        }
        return seen;
    }

    private static IEnumerable<string> Items(string project, string kind) =>
        Xml(project).Descendants(kind).Select(item => (string?)item.Attribute("Include")).OfType<string>().Select(path => path.Replace('\\', '/'));

    private static XDocument Xml(string project) => XDocument.Parse(Read($"{project}/{Path.GetFileName(project)}.csproj"));

    private static IEnumerable<string> Folder(string name) =>
        Directory.EnumerateFiles(Path.Combine(Root, name), "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj" or "artifacts"));

    private static string Normalize(string project, string reference) =>
        Path.GetRelativePath(Root, Path.GetFullPath(Path.Combine(Root, project, reference))).Replace('\\', '/');

    private static string Parent(string path) => path[..path.LastIndexOf('/')];

    private static string FindRoot([CallerFilePath] string here = "")
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(here)!);
        while (!File.Exists(Path.Combine(folder.FullName, "AspireFed.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException($"There is no AspireFed.sln above {here}.");
        return folder.FullName;
    }
}
