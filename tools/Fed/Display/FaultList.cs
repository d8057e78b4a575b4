using AspireFed.Contracts.Specs;
using AspireFed.Fed.Server;
using Spectre.Console;

namespace AspireFed.Fed.Display;

/// <summary>All faults of a spec, one a line, in the form that editors can jump to.</summary>
internal static class FaultList
{
    public static void Write(IAnsiConsole console, SpecRefusedException refused)
    {
        int count = refused.Faults.Count;
        console.MarkupLineInterpolated($"[red]{refused.File} has {count} fault{(count == 1 ? "" : "s")}:[/]");
        foreach (SpecFault fault in refused.Faults)
        {
            string place = fault.Line > 0 ? $"{refused.File}:{fault.Line}" : refused.File;
            string path = fault.Path.Length > 0 ? $" {fault.Path}" : "";
            console.MarkupLineInterpolated($"  {place}[bold]{path}[/]: {fault.Message}");
        }
    }
}
