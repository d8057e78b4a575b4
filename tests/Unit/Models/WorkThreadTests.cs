using AspireFed.Models;

namespace AspireFed.Tests.Unit.Models;

public sealed class WorkThreadTests
{
    [Fact]
    public async Task Work_that_is_given_up_while_it_waits_leaves_the_thread_to_the_others()
    {
        using var thread = new WorkThread("test");
        using var gate = new ManualResetEventSlim();
        using var givenUp = new CancellationTokenSource();
        var first = thread.RunAsync(() => { gate.Wait(TestContext.Current.CancellationToken); return 1; }, TestContext.Current.CancellationToken);
        var second = thread.RunAsync(() => 2, givenUp.Token);
        var third = thread.RunAsync(() => 3, TestContext.Current.CancellationToken);

        await givenUp.CancelAsync();
        gate.Set();

        Assert.Equal(1, await first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(3, await third);
    }
}
