using AspireFed.Training.Batches;

namespace AspireFed.Tests.Unit.Training;

public sealed class PrefetchTests
{
    [Fact]
    public async Task Items_come_in_order_and_at_most_so_many_ahead()
    {
        var made = 0;
        async IAsyncEnumerable<int> Source()
        {
            for (var i = 0; i < 100; i++)
            {
                made++;
                yield return i;
                await Task.Yield();
            }
        }

        var expected = 0;
        await foreach (var item in Source().Ahead(2, TestContext.Current.CancellationToken))
        {
            Assert.Equal(expected++, item);
            Assert.InRange(made, item, item + 5);
        }
        Assert.Equal(100, expected);
    }

    [Fact]
    public async Task An_error_of_the_source_comes_after_the_items_before_it()
    {
        static async IAsyncEnumerable<int> Source()
        {
            yield return 1;
            await Task.Yield();
            throw new InvalidDataException("broken");
        }

        List<int> items = [];
        var fault = await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (var item in Source().Ahead(2, TestContext.Current.CancellationToken)) items.Add(item);
        });

        Assert.Equal([1], items);
        Assert.Equal("broken", fault.Message);
    }

    [Fact]
    public async Task A_reader_that_leaves_stops_the_source()
    {
        var stopped = new TaskCompletionSource();
        async IAsyncEnumerable<int> Source()
        {
            try
            {
                for (var i = 0; ; i++)
                {
                    yield return i;
                    await Task.Yield();
                }
            }
            finally
            {
                stopped.SetResult();
            }
        }

        await foreach (var item in Source().Ahead(1, TestContext.Current.CancellationToken))
            if (item == 3) break;

        await stopped.Task.WaitAsync(TestContext.Current.CancellationToken);
    }
}
