using System.Runtime.CompilerServices;
using AspireFed.Imaging.Pixels;
using AspireFed.Training;

namespace AspireFed.Tests.Unit.Training;

/// <summary>Tokens that depend on the pictures and on nothing else; can be made to read ahead.</summary>
internal sealed class StubTokens(int readAhead = 0) : IVisualTokens
{
    public Task<TokenFormat> DescribeAsync(VisualTokenizer tokenizer, CancellationToken cancel) =>
        Task.FromResult(new TokenFormat(tokenizer.Grid * 4, tokenizer.Spec.Vocabulary));

    public async IAsyncEnumerable<int[]> TokenizeAsync(
        VisualTokenizer tokenizer, IAsyncEnumerable<IReadOnlyList<RgbImage>> batches, [EnumeratorCancellation] CancellationToken cancel)
    {
        var grid = tokenizer.Grid;
        var waiting = new Queue<int[]>();
        await foreach (var pictures in batches.WithCancellation(cancel))
        {
            var cells = Enumerable.Range(0, grid * grid);
            waiting.Enqueue([.. pictures.SelectMany(picture => cells.Select(cell => Token(picture, grid, cell) % tokenizer.Spec.Vocabulary))]);
            if (waiting.Count > readAhead) yield return waiting.Dequeue();
        }
        while (waiting.TryDequeue(out var tokens)) yield return tokens;
    }

    private static int Token(RgbImage picture, int grid, int cell) =>
        picture.Pixels[(((cell / grid * 4 * picture.Width) + (cell % grid * 4)) * 3) + 1];
}
