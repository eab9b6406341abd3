import { InvalidArgumentError } from "commander";

/** Reads an option's whole number. */
export function wholeNumber(from: number, to: number) {
    return (text: string): number => {
        const number = Number(text);
        if (!/^\d+$/.test(text) || number < from || number > to) {
            throw new InvalidArgumentError(`Give a whole number from ${from} to ${to}.`);
        }
        return number;
    };
}
