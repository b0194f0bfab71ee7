/** What a repository may set: settings that were looked at, and make none of the commands run here run or read anything else. */

/** Sections that those commands do not read, or that say no more than names, colours and limits. Up to git 2.55. */
const SECTIONS = new Set(
  `add advice alias am apply attr author bitmappseudomerge blame branch browser bundle checkout clean clone color column commit
  commitgraph committer completion credential credentialcache credentialstore diff difftool fastimport feature fetch filter format
  fsck fsmonitor gc gitcvs gitweb gpg grep gui guitool help http i18n imap include includeif index init instaweb interactive log lsrefs
  mailinfo mailmap maintenance man merge mergetool notes pack pager pretty promisor protocol pull push rebase receive remote remotes
  repack replay rerere revert safe sendemail sendpack sequence showbranch sideband sparse splitindex ssh stash status submodule svn
  svn-remote tag tar trace2 trailer transfer uploadarchive uploadpack uploadpackfilter url user versionsort web worktree`.split(/\s+/),
);

/** The variables of those that are read closely. */
const VARIABLES: Record<string, ReadonlySet<string>> = {
  core: new Set(
    `abbrev alternaterefscommand alternaterefsprefixes askpass attributesfile autocrlf bare bigfilethreshold checkroundtripencoding
    checkstat commentchar commentstring commitgraph compression createobject deltabasecachelimit editor eol excludesfile filemode
    filesreflocktimeout fscache fsmonitor fsmonitorhookversion fsync fsyncmethod fsyncobjectfiles gitproxy hidedotfiles hookspath
    ignorecase ignorestat lockfilepid logallrefupdates longpaths loosecompression maxtreedepth multipackindex notesref packedgitlimit
    packedgitwindowsize packedrefstimeout pager precomposeunicode prefersymlinkrefs preloadindex protecthfs protectntfs quotepath
    repositoryformatversion restrictinheritedhandles safecrlf sharedrepository sparsecheckout sparsecheckoutcone splitindex sshcommand
    symlinks trustctime untrackedcache usereplacerefs virtualfilesystem warnambiguousrefs whitespace worktree`.split(/\s+/),
  ),
  extensions: new Set(
    `compatobjectformat noop noop-v1 objectformat partialclone preciousobjects refstorage relativeworktrees submodulepathconfig
    worktreeconfig`.split(/\s+/),
  ),
  hook: new Set(['command', 'enabled', 'event', 'jobs', 'parallel']),
  reftable: new Set(['blocksize', 'geometricfactor', 'indexobjects', 'locktimeout', 'restartinterval']),
};

/** Both in lower case. */
export const isReviewed = (section: string, variable: string): boolean => VARIABLES[section]?.has(variable) ?? SECTIONS.has(section);
