namespace AspireFed.Fed;

/// <summary>What `fed` returns to the shell.</summary>
public static class ExitCode
{
    public const int Success = 0;

    /// <summary>An experiment failed or was cancelled, or its audit has found a fault.</summary>
    public const int ExperimentFailed = 1;

    /// <summary>A spec, an id, an option or a file is wrong.</summary>
    public const int WrongInput = 2;

    /// <summary>No server answers, or it cannot do its work.</summary>
    public const int ServerUnreachable = 3;

    /// <summary>Ctrl-C, by the shells' convention of 128 + SIGINT.</summary>
    public const int Interrupted = 130;
}
