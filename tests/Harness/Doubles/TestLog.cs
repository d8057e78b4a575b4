using Microsoft.Extensions.Logging;

namespace AspireFed.Tests.Harness.Doubles;

/// <summary>Brings a service's log into the output of the test that runs it.</summary>
internal sealed class TestLog : ILoggerProvider
{
    private readonly ITestOutputHelper? _output = TestContext.Current.TestOutputHelper;

    public ILogger CreateLogger(string categoryName) => new Lines(_output, categoryName.Split('.')[^1]);

    public void Dispose()
    {
    }

    private sealed class Lines(ITestOutputHelper? output, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            try
            {
                output?.WriteLine($"{logLevel}: {category}: {formatter(state, exception)} {exception}");
            }
            catch (InvalidOperationException)
            {
                // The test has ended; what its services say while they stop is of no interest.
            }
        }
    }
}
