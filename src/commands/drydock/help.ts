/** `drydock --help`, in the manner of docker's groups. */
export const DRYDOCK_HELP = `Usage:  drydock COMMAND

Look inside container images, with no engine

Commands:
  cat         Print a file of an image, or write it with > NAME
  catalog     List the repositories of a registry
  files       List the files of an image or of one of its layers
  remote      Look at an image in a registry without pulling it
  save        Save images to an archive of any type and compression
  tags        List the tags that a registry has of a repository
  verify      Hash every stored blob again, and check every reference

Run 'drydock COMMAND --help' for more information on a command.
`;
