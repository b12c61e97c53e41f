/**
 * The instructions of x86-64 that the emitter uses, with AVX2, FMA and AVX-512 F, DQ, BW and VL: mnemonics as in the
 * manual, and for each its forms, the preferred one first. The notation is explained in forms.ts.
 * Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2.
 */
import {
  both,
  evex,
  type Form,
  type FormOptions,
  generalForm,
  type Layout,
  legacy,
  type OpcodeMap,
  ofMasks,
  type Prefix,
  scalarForms,
  vex,
} from "./forms.ts";

/** add, or, and, sub, xor, cmp: one opcode pattern, and a digit for immediates. */
const arithmeticForms = (digit: number): Form[] => [
  generalForm(["np", "one", 8 * digit + 1, "mr", "gm g"]),
  generalForm(["np", "one", 8 * digit + 3, "rm", "g gm"]),
  generalForm(["np", "one", 0x83, "mi", "gm s"], { digit }),
  generalForm(["np", "one", 0x81, "mi", "gm d"], { digit }),
];

const shiftForms = (digit: number): Form[] => [
  generalForm(["np", "one", 0xc1, "mi", "gm u"], { digit }),
  generalForm(["np", "one", 0xd3, "mi", "gm c"], { digit }),
];

/** Shifts by any register, without flags (BMI2). */
const freeShift = (prefix: Prefix): Form[] => [
  vex([prefix, "0f38", 0xf7, "rmv", "g gm g"], { widths: [32, 64], w: "width", length: 0 }),
];

const unaryForms = (digit: number): Form[] => [generalForm(["np", "one", 0xf7, "m", "gm"], { digit })];
const locked = (opcode: number): Form[] => [generalForm(["np", "0f", opcode, "mr", "m g"], { lock: true })];
const count = (prefix: Prefix, opcode: number): Form[] => [generalForm([prefix, "0f", opcode, "rm", "g gm"])];

const jump = (condition: number): Form[] => [
  legacy(["np", "one", 0x70 | condition, "d", "h"]),
  legacy(["np", "0f", 0x80 | condition, "d", "l"]),
];
const set = (condition: number): Form[] => [legacy(["np", "0f", 0x90 | condition, "m", "bm"], { digit: 0 })];
const move = (condition: number): Form[] => [generalForm(["np", "0f", 0x40 | condition, "rm", "g gm"])];
const bareForms = (prefix: Prefix, map: OpcodeMap, opcode: number, modrm?: number): Form[] => [
  legacy([prefix, map, opcode, "", ""], { modrm }),
];
const prefetch = (digit: number): Form[] => [legacy(["np", "0f", 0x18, "m", "m"], { digit })];

/** Two vectors to one, and one vector to one. */
const packedForms = (prefix: Prefix, map: OpcodeMap, opcode: number): Form[] =>
  both([prefix, map, opcode, "rvm", "v v vm"], { tuple: "full" });
const packedUnary = (prefix: Prefix, map: OpcodeMap, opcode: number): Form[] =>
  both([prefix, map, opcode, "rm", "v vm"], { tuple: "full" });
const single = (prefix: Prefix, map: OpcodeMap, opcode: number): Form[] =>
  scalarForms([prefix, map, opcode, "rvm", "v v vm"]);
const packedVex = (prefix: Prefix, map: OpcodeMap, opcode: number): Form[] => [
  vex([prefix, map, opcode, "rvm", "v v vm"]),
];
const packedEvex = (prefix: Prefix, map: OpcodeMap, opcode: number): Form[] => [
  evex([prefix, map, opcode, "rvm", "v v vm"]),
];
/** One element, or none of the vector's lanes, so that no mask applies. */
const unmasked = (layout: Layout, options: FormOptions = {}): Form[] =>
  scalarForms(layout, { mask: "none", ...options });
const toMask = (prefix: Prefix, map: OpcodeMap, opcode: number): Form => evex([prefix, map, opcode, "rvm", "k v vm"]);

const vectorMove = (prefix: Prefix, load: number, store: number): Form[] => [
  ...both([prefix, "0f", load, "rm", "v vm"], { tuple: "whole" }),
  ...both([prefix, "0f", store, "mr", "m v"], { tuple: "whole" }),
];

const vectorShift = (digit: number, byRegister: number): Form[] => [
  ...both(["66", "0f", 0x72, "vmi", "v v u"], { digit }),
  evex(["66", "0f", 0x72, "vmi", "v m u"], { digit }),
  ...both(["66", "0f", byRegister, "rvm", "v v xm"], { tuple: 16 }),
];

/** A quarter or half of a vector: VEX has it for 256 bits. */
const part = (fields: "mri" | "rvmi", kind: "x" | "y"): string =>
  fields === "mri" ? `${kind}m v u` : `v v ${kind}m u`;
const partVex = (opcode: number, fields: "mri" | "rvmi"): Form[] => [
  vex(["66", "0f3a", opcode, fields, part(fields, "x")], { widths: [256] }),
];
const quarter = (opcode: number, fields: "mri" | "rvmi"): Form[] => [
  evex(["66", "0f3a", opcode, fields, part(fields, "x")], { widths: [256, 512], tuple: 16 }),
];
const half = (opcode: number, fields: "mri" | "rvmi"): Form[] => [
  evex(["66", "0f3a", opcode, fields, part(fields, "y")], { widths: [512], tuple: 32 }),
];

/** Masks from and to masks, memory and general registers: (prefix, W) of the first and of the second. */
const maskMove = (memory: readonly [Prefix, 0 | 1], register: readonly [Prefix, 0 | 1], kind: "e" | "a"): Form[] => [
  ofMasks([memory[0], "0f", 0x90, "rm", "k km"], { w: memory[1] }),
  ofMasks([memory[0], "0f", 0x91, "mr", "m k"], { w: memory[1] }),
  ofMasks([register[0], "0f", 0x92, "rm", `k ${kind}`], { w: register[1] }),
  ofMasks([register[0], "0f", 0x93, "rm", `${kind} k`], { w: register[1] }),
];
const maskBinary = (opcode: number): Form[] => [ofMasks(["np", "0f", opcode, "rvm", "k k k"], { length: 1 })];
const maskUnary = (opcode: number): Form[] => [ofMasks(["np", "0f", opcode, "rm", "k k"])];
const maskShift = (opcode: number): Form[] => [ofMasks(["66", "0f3a", opcode, "rmi", "k k u"], { w: 1 })];

export const instructions = {
  // General registers.
  mov: [
    generalForm(["np", "one", 0x89, "mr", "gm g"]),
    generalForm(["np", "one", 0x8b, "rm", "g m"]),
    generalForm(["np", "one", 0xb8, "oi", "g d"], { widths: [32] }),
    generalForm(["np", "one", 0xc7, "mi", "gm d"], { digit: 0 }),
    generalForm(["np", "one", 0xb8, "oi", "g q"], { widths: [64] }),
  ],
  movsxd: [generalForm(["np", "one", 0x63, "rm", "g em"], { widths: [64] })],
  movzx: [generalForm(["np", "0f", 0xb6, "rm", "g bm"])],
  lea: [generalForm(["np", "one", 0x8d, "rm", "g m"])],
  add: arithmeticForms(0),
  or: arithmeticForms(1),
  and: arithmeticForms(4),
  sub: arithmeticForms(5),
  xor: arithmeticForms(6),
  cmp: arithmeticForms(7),
  test: [generalForm(["np", "one", 0x85, "mr", "gm g"]), generalForm(["np", "one", 0xf7, "mi", "gm d"], { digit: 0 })],
  imul: [
    generalForm(["np", "0f", 0xaf, "rm", "g gm"]),
    generalForm(["np", "one", 0x6b, "rmi", "g gm s"]),
    generalForm(["np", "one", 0x69, "rmi", "g gm d"]),
  ],
  not: unaryForms(2),
  neg: unaryForms(3),
  div: unaryForms(6),
  idiv: unaryForms(7),
  cdq: [legacy(["np", "one", 0x99, "", ""])],
  cqo: [legacy(["np", "one", 0x99, "", ""], { w: 1 })],
  shl: shiftForms(4),
  shr: shiftForms(5),
  sar: shiftForms(7),
  shlx: freeShift("66"),
  shrx: freeShift("f2"),
  sarx: freeShift("f3"),
  bsr: count("np", 0xbd),
  tzcnt: count("f3", 0xbc),
  lzcnt: count("f3", 0xbd),
  popcnt: count("f3", 0xb8),
  xchg: [generalForm(["np", "one", 0x87, "mr", "gm g"])],
  "lock xadd": locked(0xc1),
  "lock cmpxchg": locked(0xb1),
  push: [legacy(["np", "one", 0x50, "o", "a"])],
  pop: [legacy(["np", "one", 0x58, "o", "a"])],

  // Where to go on.
  jmp: [
    legacy(["np", "one", 0xeb, "d", "h"]),
    legacy(["np", "one", 0xe9, "d", "l"]),
    legacy(["np", "one", 0xff, "m", "am"], { digit: 4 }),
  ],
  call: [legacy(["np", "one", 0xe8, "d", "l"]), legacy(["np", "one", 0xff, "m", "am"], { digit: 2 })],
  ret: bareForms("np", "one", 0xc3),
  jb: jump(0x2),
  jae: jump(0x3),
  je: jump(0x4),
  jne: jump(0x5),
  jbe: jump(0x6),
  ja: jump(0x7),
  js: jump(0x8),
  jns: jump(0x9),
  jp: jump(0xa),
  jnp: jump(0xb),
  jl: jump(0xc),
  jge: jump(0xd),
  jle: jump(0xe),
  jg: jump(0xf),
  setb: set(0x2),
  setae: set(0x3),
  sete: set(0x4),
  setne: set(0x5),
  setbe: set(0x6),
  seta: set(0x7),
  sets: set(0x8),
  setns: set(0x9),
  setp: set(0xa),
  setnp: set(0xb),
  setl: set(0xc),
  setge: set(0xd),
  setle: set(0xe),
  setg: set(0xf),
  cmovb: move(0x2),
  cmovae: move(0x3),
  cmove: move(0x4),
  cmovne: move(0x5),
  cmovbe: move(0x6),
  cmova: move(0x7),
  cmovs: move(0x8),
  cmovns: move(0x9),
  cmovp: move(0xa),
  cmovnp: move(0xb),
  cmovl: move(0xc),
  cmovge: move(0xd),
  cmovle: move(0xe),
  cmovg: move(0xf),

  // The processor itself.
  nop: [legacy(["np", "one", 0x90, "", ""]), generalForm(["np", "0f", 0x1f, "m", "m"], { digit: 0 })],
  pause: bareForms("f3", "one", 0x90),
  syscall: bareForms("np", "0f", 0x05),
  ud2: bareForms("np", "0f", 0x0b),
  cpuid: bareForms("np", "0f", 0xa2),
  xgetbv: bareForms("np", "0f", 0x01, 0xd0),
  mfence: bareForms("np", "0f", 0xae, 0xf0),
  prefetchnta: prefetch(0),
  prefetcht0: prefetch(1),
  prefetcht1: prefetch(2),
  prefetcht2: prefetch(3),

  // Vectors: moves. The first also of processors without AVX.
  movups: [legacy(["np", "0f", 0x10, "rm", "x xm"]), legacy(["np", "0f", 0x11, "mr", "m x"])],
  vmovups: vectorMove("np", 0x10, 0x11),
  vmovaps: vectorMove("np", 0x28, 0x29),
  vmovdqu: [vex(["f3", "0f", 0x6f, "rm", "v vm"]), vex(["f3", "0f", 0x7f, "mr", "m v"])],
  vmovdqu32: [
    evex(["f3", "0f", 0x6f, "rm", "v vm"], { tuple: "whole" }),
    evex(["f3", "0f", 0x7f, "mr", "m v"], { tuple: "whole" }),
  ],
  vmovss: [
    ...scalarForms(["f3", "0f", 0x10, "rm", "v m"]),
    ...scalarForms(["f3", "0f", 0x11, "mr", "m v"]),
    ...scalarForms(["f3", "0f", 0x10, "rvm", "v v v"]),
  ],
  vmovd: [...unmasked(["66", "0f", 0x6e, "rm", "x em"]), ...unmasked(["66", "0f", 0x7e, "mr", "em x"])],
  vmovq: [
    ...unmasked(["66", "0f", 0x6e, "rm", "x am"], { widths: [64], w: 1 }),
    ...unmasked(["66", "0f", 0x7e, "mr", "am x"], { widths: [64], w: 1 }),
  ],
  vbroadcastss: both(["66", "0f38", 0x18, "rm", "v xm"], { tuple: 4 }),
  vbroadcastf128: [vex(["66", "0f38", 0x1a, "rm", "v m"], { widths: [256] })],
  vbroadcastf32x4: [evex(["66", "0f38", 0x1a, "rm", "v m"], { widths: [256, 512], tuple: 16 })],
  vpbroadcastd: [
    ...both(["66", "0f38", 0x58, "rm", "v xm"], { tuple: 4 }),
    evex(["66", "0f38", 0x7c, "rm", "v e"], { tuple: 4 }),
  ],
  vmaskmovps: [vex(["66", "0f38", 0x2c, "rvm", "v v m"]), vex(["66", "0f38", 0x2e, "mvr", "m v v"])],
  vgatherdps: [
    vex(["66", "0f38", 0x92, "rmv", "v n v"]),
    evex(["66", "0f38", 0x92, "rm", "v n"], { tuple: 4, mask: "needed" }),
  ],
  vscatterdps: [evex(["66", "0f38", 0xa2, "mr", "n v"], { tuple: 4, mask: "needed" })],
  vzeroupper: [vex(["np", "0f", 0x77, "", ""], { widths: undefined, length: 0 })],

  // Floats.
  vaddps: packedForms("np", "0f", 0x58),
  vaddss: single("f3", "0f", 0x58),
  vmulps: packedForms("np", "0f", 0x59),
  vmulss: single("f3", "0f", 0x59),
  vsubps: packedForms("np", "0f", 0x5c),
  vsubss: single("f3", "0f", 0x5c),
  vminps: packedForms("np", "0f", 0x5d),
  vminss: single("f3", "0f", 0x5d),
  vdivps: packedForms("np", "0f", 0x5e),
  vdivss: single("f3", "0f", 0x5e),
  vmaxps: packedForms("np", "0f", 0x5f),
  vmaxss: single("f3", "0f", 0x5f),
  vsqrtps: packedUnary("np", "0f", 0x51),
  vsqrtss: single("f3", "0f", 0x51),
  vfmadd132ps: packedForms("66", "0f38", 0x98),
  vfmadd132ss: single("66", "0f38", 0x99),
  vfmadd213ps: packedForms("66", "0f38", 0xa8),
  vfmadd213ss: single("66", "0f38", 0xa9),
  vfmadd231ps: packedForms("66", "0f38", 0xb8),
  vfmadd231ss: single("66", "0f38", 0xb9),
  vfmsub132ps: packedForms("66", "0f38", 0x9a),
  vfmsub213ps: packedForms("66", "0f38", 0xaa),
  vfmsub231ps: packedForms("66", "0f38", 0xba),
  vfnmadd132ps: packedForms("66", "0f38", 0x9c),
  vfnmadd132ss: single("66", "0f38", 0x9d),
  vfnmadd213ps: packedForms("66", "0f38", 0xac),
  vfnmadd213ss: single("66", "0f38", 0xad),
  vfnmadd231ps: packedForms("66", "0f38", 0xbc),
  vfnmadd231ss: single("66", "0f38", 0xbd),
  vhaddps: packedVex("f2", "0f", 0x7c),
  vandps: packedForms("np", "0f", 0x54),
  vandnps: packedForms("np", "0f", 0x55),
  vorps: packedForms("np", "0f", 0x56),
  vxorps: packedForms("np", "0f", 0x57),
  vcmpps: [vex(["np", "0f", 0xc2, "rvmi", "v v vm u"]), evex(["np", "0f", 0xc2, "rvmi", "k v vm u"])],
  vcmpss: [
    vex(["f3", "0f", 0xc2, "rvmi", "v v vm u"], { widths: [32], length: 0 }),
    evex(["f3", "0f", 0xc2, "rvmi", "k v vm u"], { widths: [32], length: 0, tuple: "element" }),
  ],
  vucomiss: unmasked(["np", "0f", 0x2e, "rm", "v vm"]),
  vroundps: [vex(["66", "0f3a", 0x08, "rmi", "v vm u"])],
  vroundss: [vex(["66", "0f3a", 0x0a, "rvmi", "v v vm u"], { widths: [32], length: 0 })],
  vrndscaleps: [evex(["66", "0f3a", 0x08, "rmi", "v vm u"])],
  vrndscaless: [evex(["66", "0f3a", 0x0a, "rvmi", "v v vm u"], { widths: [32], length: 0, tuple: "element" })],
  vcvtdq2ps: packedUnary("np", "0f", 0x5b),
  vcvtps2dq: packedUnary("66", "0f", 0x5b),
  vcvttps2dq: packedUnary("f3", "0f", 0x5b),
  vcvtsi2ss: unmasked(["f3", "0f", 0x2a, "rvm", "x x gm"], { widths: [32, 64], w: "width" }),
  vcvttss2si: unmasked(["f3", "0f", 0x2c, "rm", "g xm"], { widths: [32, 64], w: "width", tuple: 4 }),
  vcvtss2si: unmasked(["f3", "0f", 0x2d, "rm", "g xm"], { widths: [32, 64], w: "width", tuple: 4 }),

  // Lanes in another order.
  vunpcklps: packedForms("np", "0f", 0x14),
  vunpckhps: packedForms("np", "0f", 0x15),
  vshufps: both(["np", "0f", 0xc6, "rvmi", "v v vm u"], { tuple: "full" }),
  vpshufd: both(["66", "0f", 0x70, "rmi", "v vm u"], { tuple: "full" }),
  vmovhlps: both(["np", "0f", 0x12, "rvm", "x x x"], { widths: [128], mask: "none" }),
  vmovlhps: both(["np", "0f", 0x16, "rvm", "x x x"], { widths: [128], mask: "none" }),
  vmovsldup: both(["f3", "0f", 0x12, "rm", "v vm"], { tuple: "whole" }),
  vmovshdup: both(["f3", "0f", 0x16, "rm", "v vm"], { tuple: "whole" }),
  vpermilps: [
    ...both(["66", "0f3a", 0x04, "rmi", "v vm u"], { tuple: "full" }),
    ...both(["66", "0f38", 0x0c, "rvm", "v v vm"], { tuple: "full" }),
  ],
  vpermps: both(["66", "0f38", 0x16, "rvm", "v v vm"], { widths: [256, 512], tuple: "full" }),
  vpermd: both(["66", "0f38", 0x36, "rvm", "v v vm"], { widths: [256, 512], tuple: "full" }),
  vpermi2ps: packedEvex("66", "0f38", 0x77),
  vpermt2ps: packedEvex("66", "0f38", 0x7f),
  vperm2f128: [vex(["66", "0f3a", 0x06, "rvmi", "v v vm u"], { widths: [256] })],
  vshuff32x4: [evex(["66", "0f3a", 0x23, "rvmi", "v v vm u"], { widths: [256, 512] })],
  valignd: [evex(["66", "0f3a", 0x03, "rvmi", "v v vm u"])],
  vextractf128: partVex(0x19, "mri"),
  vextractf32x4: quarter(0x19, "mri"),
  vextractf32x8: half(0x1b, "mri"),
  vinsertf128: partVex(0x18, "rvmi"),
  vinsertf32x4: quarter(0x18, "rvmi"),
  vinsertf32x8: half(0x1a, "rvmi"),
  vextractps: unmasked(["66", "0f3a", 0x17, "mri", "em x u"], { widths: [32, 128] }),
  vpextrd: unmasked(["66", "0f3a", 0x16, "mri", "em x u"], { widths: [32, 128] }),
  vinsertps: unmasked(["66", "0f3a", 0x21, "rvmi", "x x xm u"], { widths: [128, 32] }),
  vpinsrd: unmasked(["66", "0f3a", 0x22, "rvmi", "x x em u"], { widths: [128, 32] }),

  // Integers and bits.
  vpaddd: packedForms("66", "0f", 0xfe),
  vpsubd: packedForms("66", "0f", 0xfa),
  vpmulld: packedForms("66", "0f38", 0x40),
  vpminsd: packedForms("66", "0f38", 0x39),
  vpmaxsd: packedForms("66", "0f38", 0x3d),
  vpabsd: packedUnary("66", "0f38", 0x1e),
  vphaddd: packedVex("66", "0f38", 0x02),
  vpand: packedVex("66", "0f", 0xdb),
  vpandn: packedVex("66", "0f", 0xdf),
  vpor: packedVex("66", "0f", 0xeb),
  vpxor: packedVex("66", "0f", 0xef),
  vpandd: packedEvex("66", "0f", 0xdb),
  vpandnd: packedEvex("66", "0f", 0xdf),
  vpord: packedEvex("66", "0f", 0xeb),
  vpxord: packedEvex("66", "0f", 0xef),
  vpternlogd: [evex(["66", "0f3a", 0x25, "rvmi", "v v vm u"])],
  vpslld: vectorShift(6, 0xf2),
  vpsrld: vectorShift(2, 0xd2),
  vpsrad: vectorShift(4, 0xe2),
  vpsllvd: packedForms("66", "0f38", 0x47),
  vpsrlvd: packedForms("66", "0f38", 0x45),
  vpsravd: packedForms("66", "0f38", 0x46),
  vpcmpeqd: [...packedVex("66", "0f", 0x76), toMask("66", "0f", 0x76)],
  vpcmpgtd: [...packedVex("66", "0f", 0x66), toMask("66", "0f", 0x66)],
  vpcmpd: [evex(["66", "0f3a", 0x1f, "rvmi", "k v vm u"])],
  vptestmd: [toMask("66", "0f38", 0x27)],
  vptestnmd: [toMask("f3", "0f38", 0x27)],
  vptest: [vex(["66", "0f38", 0x17, "rm", "v vm"])],
  vmovmskps: [vex(["np", "0f", 0x50, "rm", "e v"])],

  // One of two, lane by lane; masks to vectors and back.
  vblendps: [vex(["66", "0f3a", 0x0c, "rvmi", "v v vm u"])],
  vblendvps: [vex(["66", "0f3a", 0x4a, "rvms", "v v vm v"])],
  vpblendvb: [vex(["66", "0f3a", 0x4c, "rvms", "v v vm v"])],
  vblendmps: packedEvex("66", "0f38", 0x65),
  vpblendmd: packedEvex("66", "0f38", 0x64),
  vpmovm2d: [evex(["f3", "0f38", 0x38, "rm", "v k"], { mask: "none" })],
  vpmovd2m: [evex(["f3", "0f38", 0x39, "rm", "k v"], { mask: "none" })],

  // Masks.
  kmovb: maskMove(["66", 0], ["66", 0], "e"),
  kmovw: maskMove(["np", 0], ["np", 0], "e"),
  kmovd: maskMove(["66", 1], ["f2", 0], "e"),
  kmovq: maskMove(["np", 1], ["f2", 1], "a"),
  kandw: maskBinary(0x41),
  kandnw: maskBinary(0x42),
  korw: maskBinary(0x45),
  kxnorw: maskBinary(0x46),
  kxorw: maskBinary(0x47),
  knotw: maskUnary(0x44),
  kortestw: maskUnary(0x98),
  ktestw: maskUnary(0x99),
  kshiftlw: maskShift(0x32),
  kshiftrw: maskShift(0x30),
} as const satisfies Record<string, readonly Form[]>;

export type Mnemonic = keyof typeof instructions;

export const mnemonics = Object.keys(instructions) as Mnemonic[];

/** The forms of an instruction, the preferred one first. */
export const formsOf = (mnemonic: Mnemonic): readonly Form[] => instructions[mnemonic];
