using System.Text.Json;
using AspireFed.Contracts;
using AspireFed.Contracts.Views;
using AspireFed.Fed;
using Spectre.Console.Testing;

namespace AspireFed.Tests.Unit.Fed;

public sealed class AuditCommandTests : IDisposable
{
    private static readonly JsonSerializerOptions OneLine = new(ContractJson.Options) { WriteIndented = false };
    private static readonly AuditedRound End = new(null, "", 0, 0, "", false, []);

    private readonly TestConsole _output = new TestConsole().Width(300);
    private readonly TestConsole _error = new TestConsole().Width(300);
    private readonly FakeAggregator _server = new();

    public AuditCommandTests() => _server.On("GET /experiments", new[] { Sample.Summary("demo-1", ExperimentState.Completed) });

    public void Dispose()
    {
        _server.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task A_chain_that_holds_is_a_table_and_a_sentence()
    {
        Given(Round(1, kept: false), Round(2), End);
        Assert.Equal(ExitCode.Success, await FedAsync("audit", "demo"));
        Assert.Matches("pretrain +1 +111111111111 +3 +1 +aaaaaaaaaaaa +holds, model not kept", _output.Output);
        Assert.Matches("pretrain +2 +222222222222 +3 +1 +aaaaaaaaaaaa +holds *\\n", _output.Output);
        Assert.Contains("All objects of demo-1 hold: 2 commits in one chain, 1 models in the store.", _output.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_fault_is_told_and_the_exit_code_is_1()
    {
        Given(Round(1, kept: true, "a/commit.json was altered.", "[b] is missing."), Round(2), End with { Faults = ["results.json was altered."] });
        Assert.Equal(1, await FedAsync("audit", "demo-1"));
        Assert.Matches("pretrain +1 .*altered or missing", _output.Output);
        foreach (string fault in (string[])["a/commit.json was altered.", "[b] is missing.", "results.json was altered.", "demo-1 does not hold: 3 faults in 2 rounds."])
            Assert.Contains(fault, _output.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_that_is_missing_has_no_hash_to_show()
    {
        Given(Round(1) with { Commit = "", Weights = "", Faults = ["x/commit.json is missing."] }, End);
        Assert.Equal(1, await FedAsync("audit", "demo-1"));
        Assert.Matches("pretrain +1 +- +3 +1 +- +altered or missing", _output.Output);
    }

    [Fact]
    public async Task An_audit_that_breaks_off_is_no_good_audit()
    {
        Given(Round(1), Round(2));
        Assert.Equal(ExitCode.ServerUnreachable, await FedAsync("audit", "demo-1"));
        Assert.Contains("The audit of demo-1 by the Aggregator at http://fed.test/ broke off", _error.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_what_the_server_said()
    {
        Given(Round(1), End);
        Assert.Equal(ExitCode.Success, await FedAsync("audit", "demo-1", "--json"));
        using var json = JsonDocument.Parse(_output.Output);
        Assert.Equal(2, json.RootElement.GetArrayLength());
        Assert.Equal(new string('1', 64), json.RootElement[0].GetProperty("commit").GetString());
    }

    private static AuditedRound Round(int number, bool kept = true, params string[] faults) => new(
        new RoundKey("demo-1", Stage.Pretrain, number), new string((char)('0' + number), 64), 3, 1, new string('a', 64), kept, faults);

    private void Given(params AuditedRound[] rounds) => _server.On(
        "GET /experiments/demo-1/audit",
        string.Concat(rounds.Select(round => $"data: {JsonSerializer.Serialize(round, OneLine)}\n\n")),
        type: "text/event-stream");

    private async Task<int> FedAsync(params string[] args)
    {
        using var session = new FedSession(_output, _error, Path.GetTempPath(), _server);
        return await FedApp.RunAsync([.. args, "--server", "fed.test"], session, TestContext.Current.CancellationToken);
    }
}
