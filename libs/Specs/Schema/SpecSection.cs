using System.Collections.Concurrent;
using System.Reflection;
using AspireFed.Contracts.Specs;

namespace AspireFed.Specs.Schema;

/// <summary>The keys of a section: the settable properties of its record, those it inherits first, in the order of the source.</summary>
internal sealed class SpecSection
{
    private static readonly ConcurrentDictionary<Type, SpecSection> Sections = [];

    private SpecSection(Type type) => Keys =
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .OrderBy(property => Depth(property.DeclaringType!)).ThenBy(property => property.MetadataToken)
            .Select(property => new SpecKey(property))];

    public IReadOnlyList<SpecKey> Keys { get; }

    public static SpecSection Of(Type type) => Sections.GetOrAdd(type, static t => new SpecSection(t));

    /// <summary>Whether a type is a section: one of the spec's records.</summary>
    public static bool Is(Type type) => type is { IsClass: true } && type.Namespace == typeof(ExperimentSpec).Namespace;

    public SpecKey? Find(string name) => Keys.FirstOrDefault(key => key.Name == name);

    private static int Depth(Type type)
    {
        int depth = 0;
        for (Type? t = type.BaseType; t is not null; t = t.BaseType) depth++;
        return depth;
    }
}
