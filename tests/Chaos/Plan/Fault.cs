using AspireFed.Ledger.Faults;

namespace AspireFed.Tests.Chaos.Plan;

/// <summary>What is to happen to a service, and where in its work.</summary>
internal sealed record Fault(FaultPoint Point, FaultAction Action = FaultAction.Kill)
{
    public override string ToString() => $"{Point} {Action}";
}
