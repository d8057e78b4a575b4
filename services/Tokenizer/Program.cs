using AspireFed.ServiceDefaults;
using AspireFed.Tokenizer;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddLedger();
builder.AddTokenizer();

var app = builder.Build();
app.MapTokenizer();
app.MapDefaultEndpoints();
app.Run();
