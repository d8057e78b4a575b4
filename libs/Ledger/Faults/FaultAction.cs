namespace AspireFed.Ledger.Faults;

/// <summary>What happens to a process at a fault point: the signal that it sends itself, by Linux' numbers.</summary>
public enum FaultAction
{
    /// <summary>SIGKILL.</summary>
    Kill = 9,

    /// <summary>SIGSTOP, until someone sends SIGCONT.</summary>
    Stop = 19,
}
