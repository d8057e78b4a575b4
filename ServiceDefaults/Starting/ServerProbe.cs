using AspireFed.Contracts;

namespace AspireFed.ServiceDefaults.Starting;

/// <summary>A server that a service cannot do without, and how to find out whether it is there.</summary>
/// <param name="Server">What people call it.</param>
/// <param name="Address">Where it should be, without secrets.</param>
/// <param name="TryReach">
/// Returns when the server answers and lets us in; throws <see cref="InputException"/> where trying again would not help,
/// and anything else where it might.
/// </param>
internal sealed record ServerProbe(string Server, string Address, Func<CancellationToken, Task> TryReach);
