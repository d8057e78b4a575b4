using System.Net;
using AspireFed.Contracts.Specs;
using AspireFed.Contracts.Views;
using AspireFed.Fed;
using Spectre.Console.Testing;

namespace AspireFed.Tests.Unit.Fed;

public sealed class FedCommandTests : IDisposable
{
    private readonly TestConsole _output = new TestConsole().Width(200);
    private readonly TestConsole _error = new TestConsole().Width(200);
    private readonly FakeAggregator _server = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-").FullName;

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _server.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task All_faults_of_all_specs_are_shown_and_none_is_started()
    {
        WriteSpec("a.yaml", "a");
        WriteSpec("b.yaml", "b");
        object problem = new { detail = "The spec has faults.", errors = Faults };
        _server.On("POST /experiments", problem, HttpStatusCode.BadRequest, "application/problem+json");

        Assert.Equal(ExitCode.WrongInput, await FedAsync("run", "a.yaml", "b.yaml", "--set", "pretrain.rounds=2"));

        Assert.Contains("a.yaml has 2 faults:", _error.Output, StringComparison.Ordinal);
        Assert.Contains("b.yaml:7 pretrain.maskRatio: 1.5 is out of range.", _error.Output, StringComparison.Ordinal);
        Assert.Contains("b.yaml data.partition: It is missing.", _error.Output, StringComparison.Ordinal);
        Assert.All(_server.Requests, request => Assert.Equal("POST /experiments?check=true&set=pretrain.rounds=2", request));
    }

    [Fact]
    public async Task The_weights_that_specs_name_are_sent_once_and_named_by_their_hash()
    {
        byte[] weights = [2, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}'];
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(weights));
        Directory.CreateDirectory(Path.Combine(_folder, "specs"));
        await File.WriteAllBytesAsync(Path.Combine(_folder, "specs", "beit.pth"), weights, TestContext.Current.CancellationToken);
        foreach (string name in (string[])["a", "b"])
            await File.WriteAllTextAsync(Path.Combine(_folder, "specs", $"{name}.yaml"), $"name: {name}\ninit: beit.pth\n", TestContext.Current.CancellationToken);
        _server.On($"PUT /checkpoints/{hash}", new { }, HttpStatusCode.Created);
        _server.On("POST /experiments", Sample.Summary("x-0", ExperimentState.Queued));

        Assert.Equal(ExitCode.Success, await FedAsync("run", "specs/a.yaml", "specs/b.yaml"));

        Assert.Equal(
            ["POST /experiments?check=true", "POST /experiments?check=true", $"GET /checkpoints/{hash}", $"PUT /checkpoints/{hash}?file=beit.pth",
                "POST /experiments?check=false", "POST /experiments?check=false"],
            _server.Requests.Select(request => request.Replace($"&set=init=checkpoints/{hash}", "", StringComparison.Ordinal)));
        Assert.Equal(4, _server.Requests.Count(request => request.EndsWith($"&set=init=checkpoints/{hash}", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_missing_file_of_weights_stops_a_run_and_is_only_mentioned_in_a_check()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "a.yaml"), "name: a\ninit: nowhere.pth\n", TestContext.Current.CancellationToken);
        _server.On("POST /experiments", Sample.Summary("x-0", ExperimentState.Queued));

        Assert.Equal(ExitCode.WrongInput, await FedAsync("run", "a.yaml"));
        Assert.Empty(_server.Requests);
        Assert.Equal(ExitCode.Success, await FedAsync("run", "a.yaml", "--check"));
        Assert.Contains("nowhere.pth in init", _error.Output, StringComparison.Ordinal);
        // What the server would not take for a name of weights must not reach it.
        Assert.EndsWith($"&set=init=checkpoints/{new string('0', 64)}", Assert.Single(_server.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_experiments_are_watched_in_turn_and_compared_at_the_end()
    {
        WriteSpec("demo.yaml", "demo");
        WriteSpec("scratch.yaml", "scratch");
        // Two checks, then two creations.
        foreach (string id in (string[])["x-0", "x-0", "demo-1", "scratch-1"])
            _server.On("POST /experiments", Sample.Summary(id, ExperimentState.Queued));
        foreach (string id in (string[])["demo-1", "scratch-1"])
        {
            _server.On($"GET /experiments/{id}", Sample.View(id, ExperimentState.Completed))
                .On($"GET /experiments/{id}/results", Sample.Results(id, pretrained: id == "demo-1"))
                .OnEvents(id, 1, (ExperimentEventKind.RoundCommitted, $"{id} went on."), (ExperimentEventKind.ClientProgressed, "noise"),
                    (ExperimentEventKind.Ended, $"{id} is complete."));
        }

        Assert.Equal(ExitCode.Success, await FedAsync("run", "demo.yaml", "scratch.yaml", "--watch"));

        Assert.Contains("demo-1 is complete.", _output.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("noise", _output.Output, StringComparison.Ordinal);
        Assert.Matches(@"pre-training +federated MAE, 3 rounds +none", _output.Output);
        Assert.Matches(@"loss, first to last round +1\.5000 → 0\.2500 +-", _output.Output);
        Assert.Matches(@"fine-tuning +2 rounds, 10 % of labels +2 rounds, 10 % of labels", _output.Output);
        Assert.Matches(@"test top-1 % +80\.0 +80\.0\s+alder +90\.0 +90\.0\s+test balanced accuracy % +70\.0", _output.Output);
        Assert.Matches(@"wall time +2 min 05 s +2 min 05 s\s+trained images/s +200 +200", _output.Output);
    }

    [Fact]
    public async Task A_broken_story_goes_on_where_it_broke()
    {
        _server.On("GET /experiments", new[] { Sample.Summary("demo-1", ExperimentState.Running) })
            .On("GET /experiments/demo-1", Sample.View("demo-1", ExperimentState.Running))
            .On("GET /experiments/demo-1", Sample.View("demo-1", ExperimentState.Running))
            .On("GET /experiments/demo-1", Sample.View("demo-1", ExperimentState.Completed))
            .On("GET /experiments/demo-1/results", Sample.Results("demo-1"))
            .OnEvents("demo-1", 1, (ExperimentEventKind.Created, "one"), (ExperimentEventKind.StageBegan, "two"))
            .OnEvents("demo-1", 3, (ExperimentEventKind.Ended, "three"));

        Assert.Equal(ExitCode.Success, await FedAsync("watch", "demo"));

        Assert.Contains("GET /experiments/demo-1/events after 2", _server.Requests);
        Assert.Equal(["one", "two", "three"], _output.Lines.Take(3).Select(line => line.Split(' ')[^1]));
    }

    [Fact]
    public async Task A_failed_experiment_fails_the_command_with_its_reason()
    {
        _server.On("GET /experiments", new[] { Sample.Summary("demo-1", ExperimentState.Running) })
            .On("GET /experiments/demo-1", Sample.View("demo-1", ExperimentState.Failed, "maple: image x.png is truncated."))
            .OnEvents("demo-1", 1, (ExperimentEventKind.Ended, "It failed."));

        Assert.Equal(ExitCode.ExperimentFailed, await FedAsync("watch", "last"));
        Assert.Contains("maple: image x.png is truncated.", _error.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_named_with_its_address()
    {
        _server.On("GET /experiments", _ => throw new HttpRequestException("Connection refused"));
        Assert.Equal(ExitCode.ServerUnreachable, await FedAsync("list"));
        Assert.Contains("No Aggregator answers at http://fed.test/ (Connection refused)", _error.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_program_at_the_address_is_recognised()
    {
        _server.On("GET /experiments", "<html>hello</html>", type: "text/html");
        Assert.Equal(ExitCode.ServerUnreachable, await FedAsync("list"));
        Assert.Contains("is not an Aggregator", _error.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("demo-2", "demo-2")]
    [InlineData("demo", "demo-2")]
    [InlineData("last", "other-1")]
    [InlineData("oth", "other-1")]
    public async Task An_experiment_is_found_by_id_name_beginning_or_as_the_last(string text, string id)
    {
        GivenThreeExperiments();
        _server.On($"POST /experiments/{id}/cancel", "");
        Assert.Equal(ExitCode.Success, await FedAsync("cancel", text));
        Assert.Contains(id, _output.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dem", "may be demo-2 or demo-1")]
    [InlineData("nobody", "There is no experiment `nobody`")]
    public async Task An_unclear_id_is_refused(string text, string message)
    {
        GivenThreeExperiments();
        Assert.Equal(ExitCode.WrongInput, await FedAsync("show", text));
        Assert.Contains(message, _error.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_experiment_is_shown_on_one_page()
    {
        _server.On("GET /experiments", new[] { Sample.Summary("demo-1", ExperimentState.Running) })
            .On("GET /experiments/demo-1", Sample.View("demo-1", ExperimentState.Running));
        Assert.Equal(ExitCode.Success, await FedAsync("show", "demo-1"));
        Assert.Contains("pretrain round 2 of 3  loss 0.5000 → 0.2500", _output.Output, StringComparison.Ordinal);
        Assert.Contains("pretrain ends in about 12 s", _output.Output, StringComparison.Ordinal);
        Assert.Contains("birch left out: was late", _output.Output, StringComparison.Ordinal);
        Assert.Matches(@"lesion +10 +40 +80\.0", _output.Output);
    }

    [Fact]
    public async Task An_experiment_that_is_held_up_says_by_what()
    {
        var view = Sample.View("demo-1", ExperimentState.Running);
        view = view with { Summary = view.Summary with { HeldUp = "The store at [::1]:9000 is full." } };
        _server.On("GET /experiments", new[] { view.Summary }).On("GET /experiments/demo-1", view);
        Assert.Equal(ExitCode.Success, await FedAsync("list"));
        Assert.Matches("demo-1 +held up", _output.Output);
        Assert.Equal(ExitCode.Success, await FedAsync("show", "demo-1"));
        Assert.Contains("goes on by itself when this is over: The store at [::1]:9000 is full.", _output.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("run missing.yaml")]
    [InlineData("lisst")]
    [InlineData("list --colour")]
    [InlineData("list --server ftp://x")]
    public async Task Wrong_usage_is_one_message_and_exit_code_2(string line)
    {
        Assert.Equal(ExitCode.WrongInput, await FedAsync(line.Split(' ')));
        Assert.NotEmpty(_error.Output);
        Assert.DoesNotContain("   at ", _error.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is there already")]
    [InlineData(" --force", "is not a phantom set")]
    public async Task A_folder_that_is_no_phantom_set_is_left_alone(string option, string message)
    {
        string mine = Directory.CreateDirectory(Path.Combine(_folder, ".aspirefed", "sets", "phantom")).FullName;
        File.WriteAllText(Path.Combine(mine, "labels.csv"), "patient-1.png,0\n");
        using var session = new FedSession(_output, _error, _folder, _server);
        string[] args = $"data phantom{option}".Split(' ');
        Assert.Equal(ExitCode.WrongInput, await FedApp.RunAsync(args, session, TestContext.Current.CancellationToken));
        Assert.Contains(message, _error.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(mine, "labels.csv")));
    }

    [Fact]
    public async Task Stopping_to_watch_says_that_the_experiment_goes_on()
    {
        using var stop = new CancellationTokenSource();
        _server.On("GET /experiments", new[] { Sample.Summary("demo-1", ExperimentState.Running) })
            .On("GET /experiments/demo-1", Sample.View("demo-1", ExperimentState.Running))
            .On("GET /experiments/demo-1/events", _ =>
            {
                stop.Cancel();
                throw new OperationCanceledException(stop.Token);
            });
        using var session = new FedSession(_output, _error, _folder, _server);
        Assert.Equal(ExitCode.Interrupted, await FedApp.RunAsync(["watch", "demo-1", "--server", "fed.test"], session, stop.Token));
        Assert.Contains("experiment demo-1 goes on", _error.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_what_the_server_said()
    {
        GivenThreeExperiments();
        Assert.Equal(ExitCode.Success, await FedAsync("list", "--json"));
        using var json = System.Text.Json.JsonDocument.Parse(_output.Output);
        Assert.Equal("other-1", json.RootElement[0].GetProperty("id").GetString());
    }

    private static SpecFault[] Faults => [new("pretrain.maskRatio", 7, "1.5 is out of range."), new("data.partition", 0, "It is missing.")];

    private void GivenThreeExperiments() => _server.On("GET /experiments", new[]
    {
        Sample.Summary("demo-1", ExperimentState.Completed, minute: 1), Sample.Summary("demo-2", ExperimentState.Running, minute: 2),
        Sample.Summary("other-1", ExperimentState.Queued, minute: 3),
    });

    private void WriteSpec(string file, string name) => File.WriteAllText(Path.Combine(_folder, file), $"name: {name}\n");

    private async Task<int> FedAsync(params string[] args)
    {
        using var session = new FedSession(_output, _error, _folder, _server);
        string[] server = args.Contains("--server") ? [] : ["--server", "fed.test"];
        return await FedApp.RunAsync([.. args, .. server], session, TestContext.Current.CancellationToken);
    }
}
