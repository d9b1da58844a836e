"""pandas.read_csv followed by describe(): prints the seconds of both, of the first alone, and the peak resident memory in MB. describe.py FILE"""
import resource, sys, time
import pandas as pd

start = time.time()
table = pd.read_csv(sys.argv[1])
read = time.time() - start
table.describe()
print(time.time() - start, read, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
