import { expect, test } from "vitest";
import { kindWords, stateIn } from "./kinds";

test("a state is told in the person's words, and one that is not known as the platform says it", () => {
  const [french, english] = kindWords.states;
  expect([stateIn(french, "UNSTABLE"), stateIn(english, "PUBLISHED"), stateIn(french, "FROZEN")]).toEqual(["instable", "live", "FROZEN"]);
  expect(Object.keys(french)).toEqual(Object.keys(english));
});
