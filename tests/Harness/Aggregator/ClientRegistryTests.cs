using AspireFed.Aggregator.Clients;
using AspireFed.Aggregator.Rounds;
using AspireFed.Contracts.Messages;
using Microsoft.Extensions.Time.Testing;

namespace AspireFed.Tests.Harness.Aggregator;

public sealed class ClientRegistryTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ClientRegistry _registry;

    public ClientRegistryTests() => _registry = new ClientRegistry(_time, new WakeUp(_time));

    [Fact]
    public void An_announcement_replaces_all_that_the_trainer_announced_before()
    {
        Announce("a", "client-1", "client-2");
        Announce("a", "client-2", "client-3");
        Assert.Equal(["client-2", "client-3"], _registry.All().Select(client => client.Client.Name));
    }

    [Fact]
    public void Of_two_trainers_with_one_client_the_first_keeps_it_until_it_falls_silent()
    {
        Announce("a", "client-1");
        Announce("b", "client-1");
        Assert.Equal("a", _registry.Find(FakeTrainer.Id("client-1"))!.Trainer);

        _time.Advance(ClientRegistry.Silence + TimeSpan.FromSeconds(1));
        Announce("b", "client-1");
        Assert.Equal("b", _registry.Find(FakeTrainer.Id("client-1"))!.Trainer);
    }

    [Fact]
    public void A_silent_trainer_is_still_known_and_is_forgotten_after_a_day()
    {
        Announce("a", "client-1");
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(_time.GetUtcNow() - TimeSpan.FromHours(1), Assert.Single(_registry.Views()).LastSeenUtc);
        _time.Advance(TimeSpan.FromHours(23));
        Announce("b", "client-2");
        Assert.Equal("client-2", Assert.Single(_registry.Views()).Client.Name);
    }

    [Fact]
    public void Progress_is_a_sign_of_life_of_all_clients_of_the_trainer()
    {
        Announce("a", "client-1", "client-2");
        _time.Advance(TimeSpan.FromMinutes(5));
        _registry.Heard("a");
        Assert.All(_registry.Views(), client => Assert.Equal(_time.GetUtcNow(), client.LastSeenUtc));
    }

    [Fact]
    public async Task News_of_clients_are_waited_for_until_every_living_trainer_must_have_spoken_and_no_longer()
    {
        var waiting = _registry.AwaitAsync(_registry.News, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        Announce("a", "client-1");
        Assert.True(await waiting);

        var last = _registry.AwaitAsync(_registry.News, TestContext.Current.CancellationToken);
        _time.Advance(ClientRegistry.Settling);
        Assert.True(await last); // one more look
        Assert.False(await _registry.AwaitAsync(_registry.News, TestContext.Current.CancellationToken));
    }

    private void Announce(string trainer, params string[] clients) =>
        _registry.Announce(new TrainerAnnounced(trainer, $"trainer-{trainer}", [.. clients.Select(name => new HostedClient(FakeTrainer.Id(name), 40))]));
}
