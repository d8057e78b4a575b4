using Spectre.Console;

namespace AspireFed.Fed;

/// <summary>Makes consoles that neither wrap nor colour what goes into a file or a pipe.</summary>
internal static class Consoles
{
    /// <summary>Wide enough for every table; Spectre assumes 80 where there is no terminal.</summary>
    private const int WidthWithoutTerminal = 240;

    public static IAnsiConsole On(TextWriter writer, bool redirected)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        if (redirected)
        {
            console.Profile.Width = WidthWithoutTerminal;
            console.Profile.Capabilities.Interactive = false;
        }
        return console;
    }
}
