import { expect, test } from "vitest";
import { wordFor } from "../platform/words";
import { kindWords } from "./kinds";

test("a state is told in the person's words, and one that is not known as the platform says it", () => {
  const [french, english] = kindWords.states;
  expect([wordFor(french, "UNSTABLE"), wordFor(english, "PUBLISHED"), wordFor(french, "FROZEN")]).toEqual(["instable", "live", "FROZEN"]);
  expect(Object.keys(french)).toEqual(Object.keys(english));
});
