/** A file that cannot be read says why in the person's language. */
import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import * as data from "../../test/data";
import { press, showApp } from "../../test/show";

const unread = (code: string) => {
  const inventory = { ...data.source.inventory, kind: "unreadable" as const, layers: [], problem: { code, message: "what GDAL said" } };
  const sources = [{ ...data.source, inventory }];
  return { inspect: () => ({ sources }), look: () => ({ ...data.judged([]), sources }) };
};

it.each([
  ["FILE_EMPTY", "« CANTON.shp » est un fichier vide. Réexportez-le."],
  ["NEVER_HEARD_OF", "what GDAL said"],
])("says %s by the catalogue's sentence, or as it was told", async (code, said) => {
  const { user } = showApp(unread(code));
  await press(user, "choose-files");
  expect(await screen.findByText(said)).toBeTruthy();
});
