using System.Net;
using System.Net.Sockets;

namespace AspireFed.AppHost.Running;

/// <summary>
/// Free loopback ports, from below the range that outgoing connections are given, so that none is lost before it is used, and none given
/// twice by one process: who was given one has not begun to listen when the next one asks.
/// </summary>
internal static class FreePorts
{
    private const int First = 20000;
    private const int Last = 32000;

    private static readonly Lock Giving = new();
    private static readonly HashSet<int> Given = [];

    public static int Take() => Take(1)[0];

    /// <summary>A run of ports one after another.</summary>
    public static IReadOnlyList<int> Take(int count)
    {
        lock (Giving)
        {
            for (var tries = 0; tries < 1000; tries++)
            {
                var first = Random.Shared.Next(First, Last - count);
                var ports = Enumerable.Range(first, count).ToList();
                if (Given.Overlaps(ports) || !ports.TrueForAll(IsFree)) continue;
                Given.UnionWith(ports);
                return ports;
            }
        }
        throw new InvalidOperationException($"No {count} free ports in a row between {First} and {Last}.");
    }

    public static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
