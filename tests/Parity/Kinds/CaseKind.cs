using AspireFed.Tests.Parity.Recordings;

namespace AspireFed.Tests.Parity.Kinds;

/// <summary>A kind of recording: how it is told from the others by its content, and how it is compared.</summary>
internal abstract class CaseKind(string name)
{
    public abstract bool Fits(Recording recording);

    public abstract void Check(Recording recording);

    public sealed override string ToString() => name;
}
