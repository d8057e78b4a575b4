using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace AspireFed.Tests.Harness.Doubles;

/// <summary>What a host logs, to wait for.</summary>
internal sealed class RecordedLog : ILoggerProvider
{
    // Only ends a test that would hang; nothing is measured by it.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    /// <summary>The next line with all of these words; the lines before it are gone.</summary>
    public async Task<string> WaitForAsync(CancellationToken cancel, params string[] words)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        while (true)
        {
            var line = await _lines.Reader.ReadAsync(patience.Token);
            if (words.All(word => line.Contains(word, StringComparison.Ordinal))) return line;
        }
    }

    public ILogger CreateLogger(string categoryName) => new Recorder(_lines.Writer);

    public void Dispose() => _lines.Writer.TryComplete();

    private sealed class Recorder(ChannelWriter<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.TryWrite(formatter(state, exception));
    }
}
