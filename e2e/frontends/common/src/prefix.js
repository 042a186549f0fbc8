export const PREFIX = 'agents: '
