import { open, realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { runProgram } from './run-program.ts';

/** What a confined program may do with files; it may use no TCP where the kernel can refuse that. */
export interface Confinement {
  /** Absolute paths of files and folders that it may read. What does not exist is passed over. */
  readonly reads: readonly string[];
  /** Absolute paths of folders that it may read and write. */
  readonly writes: readonly string[];
}

/** How a program is started so that the kernel holds it, and all that it starts, to a confinement. */
export interface Confined {
  readonly program: string;
  readonly arguments: readonly string[];
}

/** Why programs are not confined here, for a log. */
export type Unconfined = { readonly reason: string };

/** Part of every Debian and Ubuntu, and the one interpreter there that makes system calls without a library. Not looked for on PATH. */
const perl = '/usr/bin/perl';

/** `prctl` has a number of its own for each processor; Landlock's calls have the same on all. */
const prctl: Readonly<Partial<Record<NodeJS.Architecture, number>>> = { x64: 157, arm64: 167 };

/** A probe is a perl that ends at once. */
const probeBounds = { timeoutMilliseconds: 10_000, maximumOutputBytes: 64 * 1024 };

/**
 * Landlock (docs.kernel.org/userspace-api/landlock.html; kernel 5.13, TCP from 6.7 on) by perl, because Node has no system
 * calls: forbids everything with files and TCP, allows what is named, and becomes the program. Ends with 126 where it can't.
 * `sysopen` with O_PATH (0x200000) opens nothing; rights of folders are refused for files. A program that was built with
 * a C library needs that and its loader.
 */
const launcher = `
use strict;
my ($prctl, $read, $write, @rest) = @ARGV;
my @reads = splice(@rest, 0, $read);
my @writes = splice(@rest, 0, $write);
sub failed { print STDERR "landlock: $_[0]: $!\\n"; exit 126 }
my $abi = syscall(444, 0, 0, 1);
failed('no Landlock') if $abi < 1;
my $files = 0x1fff | ($abi >= 2 ? 0x2000 : 0) | ($abi >= 3 ? 0x4000 : 0);
my $attributes = pack('QQ', $files, $abi >= 4 ? 3 : 0);
my $rules = syscall(444, $attributes, $abi >= 4 ? 16 : 8, 0);
failed('create_ruleset') if $rules < 0;
sub allow {
  my ($rights, $path) = @_;
  sysopen(my $handle, $path, 0x200000) or return;
  $rights &= 0x4007 if !-d $path;
  my $rule = pack('Ql', $rights & $files, fileno($handle));
  syscall(445, $rules, 1, $rule, 0) == 0 or failed("add_rule $path");
}
allow(0xc, $_) for @reads;
allow($files & ~1, $_) for @writes;
allow(0xe, '/dev/null');
allow(0xd, $_) for qw(/lib /lib64 /usr/lib /usr/lib64 /nix/store);
allow(0x4, '/etc/ld.so.cache');
allow(0x5, $rest[0]) if @rest;
syscall($prctl + 0, 38, 1, 0, 0, 0) == 0 or failed('no_new_privs');
syscall(446, $rules, 0) == 0 or failed('restrict_self');
exit 0 if !@rest;
exec { $rest[0] } @rest or failed("exec $rest[0]");
`;

/** The command that starts a program confined. Only for programs that `confinable` takes. */
export function confine(program: string, programArguments: readonly string[], files: Confinement): Confined {
  const { reads, writes } = files;
  const counts = [prctl[process.arch] ?? 0, reads.length, writes.length].map(String);
  const command = [program, ...programArguments];
  return { program: perl, arguments: ['-e', launcher, '--', ...counts, ...reads, ...writes, ...command] };
}

/** Undefined where a program can be confined here. */
export async function confinable(program: string): Promise<Unconfined | undefined> {
  probed ??= probe();
  return (await probed) ?? (await unlike(program));
}

let probed: Promise<Unconfined | undefined> | undefined;

async function probe(): Promise<Unconfined | undefined> {
  if (process.platform !== 'linux') return { reason: 'only Linux has Landlock' };
  if (prctl[process.arch] === undefined) return { reason: `it is not known for ${process.arch}` };
  try {
    const result = await runProgram(perl, {
      arguments: ['-e', launcher, '--', String(prctl[process.arch]), '0', '0'],
      environment: {},
      ...probeBounds,
      signal: new AbortController().signal,
    });
    return result.exitCode === 0 ? undefined : { reason: result.stderr.trim().split('\n')[0] ?? '' };
  } catch {
    return { reason: `${perl} does not run` };
  }
}

/** The magic number of ELF files. */
const elf = 0x7f454c46;

/** Why a file is not the program of its name: a script needs an interpreter, and a shim starts a program from elsewhere. */
async function unlike(program: string): Promise<Unconfined | undefined> {
  const path = await realpath(program).catch(() => program);
  if (!basename(path).startsWith(basename(program))) return { reason: `${program} stands for ${path}` };
  const file = await open(path).catch(() => undefined);
  try {
    const head = Buffer.alloc(4);
    await file?.read(head, 0, head.length, 0);
    return head.readUInt32BE(0) === elf ? undefined : { reason: `${program} is a script` };
  } finally {
    await file?.close();
  }
}
