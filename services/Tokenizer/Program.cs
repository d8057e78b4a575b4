using AspireFed.Models;
using AspireFed.ServiceDefaults;
using AspireFed.Tokenizer;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
TorchNative.EnsureLoaded(); // here, where a person reads why it fails, and before threads have memory pools of their own
builder.AddLedger();
builder.AddTokenizer();

var app = builder.Build();
app.MapTokenizer();
app.MapDefaultEndpoints();
app.Run();
