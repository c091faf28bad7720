/** How each type of railcar looks: the same colours and letters as in the report (`yardwatch.report.palette`). */

export interface CarStyle {
  letter: string;
  colour: string;
  casing: string;
  name: string;
}

const DARK = "#10151a";
const LIGHT = "#ffffff";

export const CAR_STYLES: Record<string, CarStyle> = {
  open_top: { letter: "O", colour: "#f0a30a", casing: DARK, name: "open-top car" },
  covered: { letter: "C", colour: "#56b4e9", casing: DARK, name: "covered car" },
  tank: { letter: "T", colour: "#d55e00", casing: LIGHT, name: "tank car" },
  flat: { letter: "F", colour: "#f0e442", casing: DARK, name: "flat car" },
  container: { letter: "K", colour: "#00a878", casing: DARK, name: "container car" },
  passenger: { letter: "P", colour: "#e79ac4", casing: DARK, name: "passenger coach" },
  locomotive: { letter: "L", colour: "#1f4fa3", casing: LIGHT, name: "locomotive" },
  other: { letter: "X", colour: "#b9bec4", casing: DARK, name: "other car" },
  flat_or_container: { letter: "FK", colour: "#b5d334", casing: DARK, name: "flat or container car" },
  unknown: { letter: "?", colour: "#ffffff", casing: DARK, name: "car of unknown type" },
};

export function carStyle(type: string): CarStyle {
  return CAR_STYLES[type] ?? CAR_STYLES.unknown!;
}
