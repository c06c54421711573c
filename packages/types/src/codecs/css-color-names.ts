/**
 * The named colours of CSS, each followed by its RRGGBB; each `gray` may also be written `grey`. A single string, because
 * that compresses best. Source: CSS Color Module Level 4, "Named Colors".
 */
const TEXT =
  "aliceblueF0F8FFantiquewhiteFAEBD7aqua00FFFFaquamarine7FFFD4azureF0FFFFbeigeF5F5DCbisqueFFE4C4black000000" +
  "blanchedalmondFFEBCDblue0000FFblueviolet8A2BE2brownA52A2AburlywoodDEB887cadetblue5F9EA0chartreuse7FFF00" +
  "chocolateD2691EcoralFF7F50cornflowerblue6495EDcornsilkFFF8DCcrimsonDC143Ccyan00FFFFdarkblue00008B" +
  "darkcyan008B8BdarkgoldenrodB8860BdarkgrayA9A9A9darkgreen006400darkkhakiBDB76Bdarkmagenta8B008B" +
  "darkolivegreen556B2FdarkorangeFF8C00darkorchid9932CCdarkred8B0000darksalmonE9967Adarkseagreen8FBC8F" +
  "darkslateblue483D8Bdarkslategray2F4F4Fdarkturquoise00CED1darkviolet9400D3deeppinkFF1493deepskyblue00BFFF" +
  "dimgray696969dodgerblue1E90FFfirebrickB22222floralwhiteFFFAF0forestgreen228B22fuchsiaFF00FF" +
  "gainsboroDCDCDCghostwhiteF8F8FFgoldFFD700goldenrodDAA520gray808080green008000greenyellowADFF2F" +
  "honeydewF0FFF0hotpinkFF69B4indianredCD5C5Cindigo4B0082ivoryFFFFF0khakiF0E68ClavenderE6E6FA" +
  "lavenderblushFFF0F5lawngreen7CFC00lemonchiffonFFFACDlightblueADD8E6lightcoralF08080lightcyanE0FFFF" +
  "lightgoldenrodyellowFAFAD2lightgrayD3D3D3lightgreen90EE90lightpinkFFB6C1lightsalmonFFA07A" +
  "lightseagreen20B2AAlightskyblue87CEFAlightslategray778899lightsteelblueB0C4DElightyellowFFFFE0lime00FF00" +
  "limegreen32CD32linenFAF0E6magentaFF00FFmaroon800000mediumaquamarine66CDAAmediumblue0000CD" +
  "mediumorchidBA55D3mediumpurple9370DBmediumseagreen3CB371mediumslateblue7B68EEmediumspringgreen00FA9A" +
  "mediumturquoise48D1CCmediumvioletredC71585midnightblue191970mintcreamF5FFFAmistyroseFFE4E1moccasinFFE4B5" +
  "navajowhiteFFDEADnavy000080oldlaceFDF5E6olive808000olivedrab6B8E23orangeFFA500orangeredFF4500" +
  "orchidDA70D6palegoldenrodEEE8AApalegreen98FB98paleturquoiseAFEEEEpalevioletredDB7093papayawhipFFEFD5" +
  "peachpuffFFDAB9peruCD853FpinkFFC0CBplumDDA0DDpowderblueB0E0E6purple800080rebeccapurple663399redFF0000" +
  "rosybrownBC8F8Froyalblue4169E1saddlebrown8B4513salmonFA8072sandybrownF4A460seagreen2E8B57seashellFFF5EE" +
  "siennaA0522DsilverC0C0C0skyblue87CEEBslateblue6A5ACDslategray708090snowFFFAFAspringgreen00FF7F" +
  "steelblue4682B4tanD2B48Cteal008080thistleD8BFD8tomatoFF6347turquoise40E0D0violetEE82EEwheatF5DEB3" +
  "whiteFFFFFFwhitesmokeF5F5F5yellowFFFF00yellowgreen9ACD32";

let colors: ReadonlyMap<string, number> | undefined;

/** The named colours of CSS as 0xRRGGBB. */
export function cssColorNames(): ReadonlyMap<string, number> {
  colors ??= new Map(
    Array.from(TEXT.matchAll(/([a-z]+)(.{6})/g), ([, name, hex]) => [
      name as string,
      Number.parseInt(hex as string, 16),
    ]),
  );
  return colors;
}
