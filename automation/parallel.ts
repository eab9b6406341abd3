/** Does `work` for every item, for at most `parallel` at once; the results in the items' order. */
export async function inParallel<Item, Result>(
    items: readonly Item[],
    parallel: number,
    work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
    const results: Result[] = [];
    const waiting = [...items.entries()].values();
    const worker = async () => {
        for (const [position, item] of waiting) {
            results[position] = await work(item);
        }
    };
    await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, worker));
    return results;
}
