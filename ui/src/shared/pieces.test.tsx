import { render } from "@testing-library/react";
import { expect, test } from "vitest";
import { Sentence } from "./pieces";

const shown = (sentence: string) => render(<Sentence>{sentence}</Sentence>).container.innerHTML;

test("what a person could type stands out in a sentence, and an option is not broken across lines", () => {
  expect(shown("The layer name `canton` is taken.")).toBe("The layer name <code>canton</code> is taken.");
  expect(shown("or quai network --trust FILE.")).toBe('or quai network <code class="nowrap">--trust</code> FILE.');
  expect(shown("`a` and `b`")).toBe("<code>a</code> and <code>b</code>");
});

test("a sentence without any is left as it is", () => {
  expect(shown("A well-known name — nothing else `")).toBe("A well-known name — nothing else `");
});
