using AspireFed.Contracts.Specs;

namespace AspireFed.Fed.Server;

/// <summary>A spec has faults; carries all of them.</summary>
public sealed class SpecRefusedException(string file, IReadOnlyList<SpecFault> faults)
    : Exception($"{file} is refused: {string.Join(" ", faults.Select(fault => $"{fault.Path}: {fault.Message}"))}")
{
    public string File { get; } = file;

    public IReadOnlyList<SpecFault> Faults { get; } = faults;
}
