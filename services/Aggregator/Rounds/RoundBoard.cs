using AspireFed.Contracts;

namespace AspireFed.Aggregator.Rounds;

/// <summary>Where messages find the round that is open; experiments run one at a time, so there is at most one.</summary>
public sealed class RoundBoard
{
    private volatile OpenRound? _open;

    public OpenRound? Open
    {
        get => _open;
        set => _open = value;
    }

    public OpenRound? Find(RoundKey key) => _open is { } round && round.Key == key ? round : null;

    public OpenRound? Find(string experiment) => _open is { } round && round.Key.Experiment == experiment ? round : null;
}
