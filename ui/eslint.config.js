// Which floor may look at which: steps see shared and platform, never each other nor the views.
import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import ts from "typescript-eslint";

const never = (files, patterns, message) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns: patterns.map((group) => ({ group: [group], message })) }] },
});

export default ts.config(
  { ignores: ["src/bindings/**", "dist/**"] },
  js.configs.recommended,
  ...ts.configs.strict,
  hooks.configs.flat.recommended,
  never(["src/steps/**"], ["**/views/*", "../*/!(*.locale)"], "a step knows shared, journey and platform only"),
  never(["src/shared/**"], ["**/views/*", "**/steps/**", "**/journey/*"], "shared pieces know no step"),
  never(["src/journey/**"], ["**/views/*", "**/steps/**", "**/shared/*", "react"], "the journey is a value: no page, no network"),
  never(["src/platform/**"], ["**/views/*", "**/steps/**", "**/shared/*"], "the door knows nothing behind it"),
);
