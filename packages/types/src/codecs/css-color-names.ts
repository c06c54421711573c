/**
 * The named colours of CSS, each followed by its RRGGBB as four characters, whose codes have six bits each in their
 * lower bits. Each `gray` may also be written `grey`. A single string, because that compresses best. Source: CSS Color
 * Module Level 4, "Named Colors".
 */
const TEXT =
  "aliceblue<O#?antiquewhite>./Waqua@O??aquamarine_??Tazure<O??beige=_W\\bisque?>SDblack@@@@blanchedalmond?>/M" +
  'blue@@C?blueviolet""/"brown)R(*burlywood7+"GcadetblueW9: chartreuse_?<@chocolate4&$^coral?7=P' +
  "cornflowerblueYIW-cornsilk??#\\crimson7AP<cyan@O??darkblue@@BKdarkcyan@H.Kdarkgoldenrod.HXKdarkgray*Z&)" +
  'darkgreen@FP@darkkhaki/[]+darkmagenta"0BKdarkolivegreenUV,/darkorange?80@darkorchid&SKLdarkred"0@@' +
  "darksalmon:YY:darkseagreen#;2OdarkslateblueRC6KdarkslategrayK4=Odarkturquoise@L;Qdarkviolet%@CSdeeppink?1RS" +
  'deepskyblue@K??dimgrayZV%)dodgerblueG)C?firebrick,"H"floralwhite??+0forestgreenH(,"fuchsia?0C?gainsboro7M3\\' +
  "ghostwhite>O#?gold?=\\@goldenrod6*T gray HB@green@H@@greenyellow+_</honeydew<O?0hotpink?6&4indianred3U1\\" +
  "indigoR0BBivory???0khaki<NZLlavender9.[:lavenderblush??C5lawngreen_O0@lemonchiffon??+Mlightblue+]#&" +
  "lightcoral<HB@lightcyan8O??lightgoldenrodyellow>/+Rlightgray4=OSlightgreen$N:Plightpink?;[Alightsalmon?:A:" +
  'lightseagreenHKJ*lightskyblue!<;:lightslategray]8"Ylightsteelblue,LS^lightyellow??? lime@O<@limegreenL,42' +
  "linen>/C&magenta?0C?maroon @@@mediumaquamarineY,6*mediumblue@@CMmediumorchid.%WSmediumpurple$7C[" +
  "mediumseagreenOKM1mediumslateblue^6#.mediumspringgreen@O*ZmediumturquoiseRMGLmediumvioletred11VE" +
  "midnightblueFQ%0mintcream=_?:mistyrose?>S!moccasin?>R5navajowhite?=:-navy@@B@oldlace?_W&olive H@@olivedrabZ88#" +
  "orange?:T@orangered?4T@orchid6'CVpalegoldenrod;.\"*palegreen&O.Xpaleturquoise+>;.palevioletred67BS" +
  "papayawhip?>?Upeachpuff?=*9peru3XT?pink?<CKplum7ZC]powderblue,NC&purple @B@rebeccapurpleY#NYred?0@@" +
  "rosybrown/H>OroyalbluePV'!saddlebrown\"4TSsalmon>(A2sandybrown=JQ seagreenK(-Wseashell??W.sienna(EH-silver0LC@" +
  "skyblue!<;+slateblueZ%+Mslategray\\HBPsnow??+:springgreen@O=?steelblueQ(J4tan4+RLteal@HB@thistle6K?Xtomato?6MG" +
  "turquoisePNCPviolet;(K.wheat=]:3white????whitesmoke=_W5yellow??<@yellowgreen&,42";

let colors: ReadonlyMap<string, number> | undefined;

/** The named colours of CSS as 0xRRGGBB. */
export function cssColorNames(): ReadonlyMap<string, number> {
  colors ??= new Map(
    Array.from(TEXT.matchAll(/([a-z]+)(.{4})/g), ([, name, code]) => [name as string, decode(code as string)]),
  );
  return colors;
}

function decode(code: string): number {
  let color = 0;
  for (let index = 0; index < 4; index++) color = color * 64 + (code.charCodeAt(index) & 63);
  return color;
}
