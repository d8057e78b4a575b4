using System.Runtime.InteropServices;
using AspireFed.Fed;
using Spectre.Console;

using var stop = new CancellationTokenSource();
Action<PosixSignalContext> cancel = signal =>
{
    signal.Cancel = true;
    stop.Cancel();
};
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, cancel);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, cancel);

var output = Consoles.On(Console.Out, Console.IsOutputRedirected);
var error = Consoles.On(Console.Error, Console.IsErrorRedirected);
using var session = new FedSession(output, error, Directory.GetCurrentDirectory());
return await FedApp.RunAsync(args, session, stop.Token);
