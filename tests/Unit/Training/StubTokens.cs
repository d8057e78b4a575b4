using System.Runtime.CompilerServices;
using AspireFed.Contracts.Specs;
using AspireFed.Imaging.Pixels;
using AspireFed.Training;

namespace AspireFed.Tests.Unit.Training;

/// <summary>Tokens that depend on the pictures and on nothing else; can be made to read ahead.</summary>
internal sealed class StubTokens(int readAhead = 0) : IVisualTokens
{
    public Task<int> ImageSizeAsync(TokenizerSpec tokenizer, long seed, int grid, CancellationToken cancel) => Task.FromResult(grid * 4);

    public async IAsyncEnumerable<int[]> TokenizeAsync(
        TokenizerSpec tokenizer, long seed, int grid, IAsyncEnumerable<IReadOnlyList<RgbImage>> batches,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        var waiting = new Queue<int[]>();
        await foreach (var pictures in batches.WithCancellation(cancel))
        {
            var cells = Enumerable.Range(0, grid * grid);
            waiting.Enqueue([.. pictures.SelectMany(picture => cells.Select(cell => Token(picture, grid, cell) % tokenizer.Vocabulary))]);
            if (waiting.Count > readAhead) yield return waiting.Dequeue();
        }
        while (waiting.TryDequeue(out var tokens)) yield return tokens;
    }

    private static int Token(RgbImage picture, int grid, int cell) =>
        picture.Pixels[(((cell / grid * 4 * picture.Width) + (cell % grid * 4)) * 3) + 1];
}
