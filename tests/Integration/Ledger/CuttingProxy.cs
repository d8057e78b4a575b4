using System.Net;
using System.Net.Sockets;

namespace AspireFed.Tests.Integration.Ledger;

/// <summary>
/// Stands between a client and a server on loopback and cuts its first connections after so many bytes in one direction, as a server
/// does that dies in the middle of a transfer.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _server;
    private readonly Task _accepting;
    private int _cutsLeft;

    /// <param name="cuts">How many connections are cut; 0 bytes means before the first one.</param>
    public CuttingProxy(Uri server, int cuts, long bytes, bool upstream)
    {
        _server = server;
        _cutsLeft = cuts;
        _listener.Start();
        _accepting = AcceptAsync(bytes, upstream);
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public int CutsLeft => Volatile.Read(ref _cutsLeft);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync(long bytes, bool upstream)
    {
        List<Task> connections = [];
        try
        {
            while (true) connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token), bytes, upstream));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client, long bytes, bool upstream)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(_server.Host, _server.Port, _stop.Token);
                await Task.WhenAny(
                    PumpAsync(client.GetStream(), server.GetStream(), upstream ? bytes : long.MaxValue),
                    PumpAsync(server.GetStream(), client.GetStream(), upstream ? long.MaxValue : bytes));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // Either side may hang up; that is what this proxy is for.
            }
        }
    }

    private async Task PumpAsync(NetworkStream source, NetworkStream target, long limit)
    {
        var block = new byte[64 * 1024];
        long moved = 0;
        try
        {
            while (await source.ReadAsync(block, _stop.Token) is > 0 and var read)
            {
                moved += read;
                if (moved > limit && Interlocked.Decrement(ref _cutsLeft) >= 0) return;
                await target.WriteAsync(block.AsMemory(0, read), _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The other direction has ended and closed both.
        }
    }
}
