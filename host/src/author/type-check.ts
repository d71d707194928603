import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AicoError } from '@aico/schemas';

const PROJECTS = ['tsconfig.json', 'test/tsconfig.json'];
const COMPLAINT = /^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*)$/;

/**
 * What the compiler says of a plugin's code and tests. A plugin without a tsconfig.json is not checked.
 * @throws AicoError AUTHOR_TOOL_MISSING
 */
export async function checkTypes(folder: string): Promise<AicoError[]> {
  const projects = PROJECTS.filter((name) => existsSync(join(folder, name)));
  if (projects.length === 0) return [];
  const compiler = join(folder, 'node_modules/typescript/bin/tsc');
  if (!existsSync(compiler)) throw new AicoError('AUTHOR_TOOL_MISSING', { subject: folder });
  const outputs = await Promise.all(projects.map((project) => compile(compiler, folder, project)));
  const complaints = outputs.flatMap((output) => complaintsOf(output, folder));
  // The tests look at the code too, and see it as the code itself does.
  return [...new Map(complaints.map((complaint) => [complaint.message, complaint])).values()];
}

function compile(compiler: string, folder: string, project: string): Promise<string> {
  const args = [compiler, '--noEmit', '--pretty', 'false', '-p', project];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      // It ends with 1 or 2 when it found something; anything else is its own failure.
      if (error === null || typeof error.code === 'number') resolve(stdout + stderr);
      else reject(error);
    });
  });
}

/** A complaint goes on over indented lines, which explain how it came about. */
function complaintsOf(output: string, folder: string): AicoError[] {
  return output.split('\n').flatMap((line) => {
    const [, file, row, column, code, sentence = ''] = COMPLAINT.exec(line) ?? [];
    const isOfProject = /^error TS\d+: /.test(line);
    if (file === undefined && !isOfProject) return [];
    const place = file === undefined ? 'tsconfig.json' : `${file.replaceAll('\\', '/')}:${row}:${column}`;
    const problem = file === undefined ? line.replace(/^error /, '') : `${sentence} (${code})`;
    return [new AicoError('AUTHOR_TYPE_WRONG', { subject: folder, details: { place, problem } })];
  });
}
