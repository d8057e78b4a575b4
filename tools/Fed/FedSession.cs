using AspireFed.Fed.Server;
using Spectre.Console;

namespace AspireFed.Fed;

/// <summary>What every command works with: two consoles, the folder it was started in, the clock and the way to the server.</summary>
public sealed class FedSession : IDisposable
{
    private readonly HttpMessageHandler? _handler;
    private readonly List<HttpClient> _connections = [];

    /// <param name="handler">Takes the place of the network in tests.</param>
    public FedSession(IAnsiConsole output, IAnsiConsole error, string folder, HttpMessageHandler? handler = null, TimeProvider? time = null)
    {
        (Output, Error, Folder, Time, _handler) = (output, error, folder, time ?? TimeProvider.System, handler);
    }

    public IAnsiConsole Output { get; }

    /// <summary>For faults, so that a redirected output holds results only.</summary>
    public IAnsiConsole Error { get; }

    public string Folder { get; }

    public TimeProvider Time { get; }

    /// <param name="server">What `--server` says, if it was given.</param>
    public AggregatorClient Connect(string? server)
    {
        Uri address = ServerAddress.Find(server, Environment.GetEnvironmentVariable(ServerAddress.Variable), Folder);
        // A proxy cannot reach this machine's own loopback.
        HttpMessageHandler handler = _handler
            ?? new SocketsHttpHandler { UseProxy = !address.IsLoopback, ConnectTimeout = TimeSpan.FromSeconds(5) };
        var http = new HttpClient(handler, disposeHandler: _handler is null) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        _connections.Add(http);
        return new AggregatorClient(http, Time);
    }

    public void Dispose() => _connections.ForEach(http => http.Dispose());
}
