namespace AspireFed.Ledger.Faults;

/// <summary>What happens to a process at a fault point.</summary>
public enum FaultAction
{
    /// <summary>SIGKILL.</summary>
    Kill,

    /// <summary>SIGSTOP, until someone sends SIGCONT.</summary>
    Stop,
}
