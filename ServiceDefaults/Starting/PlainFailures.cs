using AspireFed.Contracts;

namespace AspireFed.ServiceDefaults.Starting;

/// <summary>Ends the process with one sentence instead of a stack trace where a person has to put something right.</summary>
internal static class PlainFailures
{
    private static int _told;

    public static void Tell()
    {
        if (Interlocked.Exchange(ref _told, 1) == 1) return;
        AppDomain.CurrentDomain.UnhandledException += (_, e) =>
        {
            if (e.ExceptionObject is StoppedWhileStartingException) Environment.Exit(0);
            if (e.ExceptionObject is not InputException input) return;
            Console.Error.WriteLine(input.Message);
            Environment.Exit(1);
        };
    }
}
